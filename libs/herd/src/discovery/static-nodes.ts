import { parseAddress } from '../support/address.js';
import type { Discovery } from '../contracts/discovery.js';
import { addressOf, checkNodes } from '../support/nodes.js';
import type { Node } from '../contracts/node.js';
import { HerdOptionError } from '../errors/option-error.js';

/** A node by address, such as `'10.0.0.1:11211'` or `'[::1]:11211'`, or with its properties; `id` defaults to the address. */
export type StaticNode = string | (Omit<Node, 'id'> & { readonly id?: string });

/**
 * A fixed list of nodes.
 *
 * @example staticNodes(['10.0.0.1:11211', { host: '10.0.0.2', port: 11211, weight: 2 }])
 *
 * @throws {@link HerdOptionError} for an empty list, a malformed address, or a node listed twice.
 */
export function staticNodes(list: readonly StaticNode[]): Discovery {
  if (!Array.isArray(list) || list.length === 0) {
    throw new HerdOptionError('discovery', 'needs at least one node', list, `pass staticNodes(['10.0.0.1:11211'])`);
  }
  const nodes = Object.freeze(list.map(toNode));
  checkNodes(nodes, 'discovery');
  return { name: 'static', nodes: () => Promise.resolve({ nodes }) };
}

function toNode(entry: StaticNode): Node {
  const node = typeof entry === 'object' && entry !== null ? entry : parsed(entry);
  if (typeof node.host !== 'string')
    throw new HerdOptionError('discovery', 'has a node without a host', entry, `write 'host:port', or { host, port }`);
  return Object.freeze({ ...node, id: node.id ?? addressOf(node) });
}

function parsed(address: string): Omit<Node, 'id'> & { id?: string } {
  const place = parseAddress(address);
  if (place === undefined)
    throw new HerdOptionError(
      'discovery',
      'has a malformed node',
      address,
      `write 'host:port', or '[::1]:port' for IPv6`,
    );
  return place;
}
