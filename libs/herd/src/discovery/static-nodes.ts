import type { Discovery } from '../contracts/discovery.js';
import type { Node } from '../contracts/node.js';
import { parseAddress } from '../support/address.js';
import { addressOf, checkNodes, nodeOptionNames } from '../support/nodes.js';
import { checked, isObject } from '../support/option-checks.js';

/** A node by address, such as `'10.0.0.1:11211'` or `'[::1]:11211'`, or with its properties; `id` defaults to the address. */
export type StaticNode = string | (Omit<Node, 'id'> & { readonly id?: string });

/**
 * A fixed list of nodes.
 *
 * @example staticNodes(['10.0.0.1:11211', { host: '10.0.0.2', port: 11211, weight: 2 }])
 *
 * @throws HerdOptionError for an empty list, a malformed address, an unknown property, or a node listed twice.
 */
export function staticNodes(list: readonly StaticNode[]): Discovery {
  checked((problems) => {
    if (!Array.isArray(list)) return;
    for (const [i, entry] of (list as readonly unknown[]).entries())
      if (isObject(entry)) problems.checkNames(entry, nodeOptionNames, `discovery[${i}].`);
  });
  const nodes = readNodes(list);
  return { name: 'static', isFixed: true, nodes: () => Promise.resolve({ nodes }) };
}

/**
 * Nodes in any form that {@link staticNodes} accepts, with whatever properties they have besides.
 *
 * @throws HerdOptionError for an empty list, a malformed address, or a node listed twice.
 */
export function readNodes(list: readonly StaticNode[]): readonly Node[] {
  const nodes = checked((problems) => {
    const filled = Array.isArray(list) && list.length > 0;
    problems.check(filled, 'discovery', list, `must list one node or more; pass staticNodes(['10.0.0.1:11211'])`);
    return filled
      ? (list as readonly StaticNode[]).map((entry, i) => problems.attempt(() => toNode(entry, `discovery[${i}]`)))
      : [];
  });
  checkNodes(nodes as readonly Node[], 'discovery');
  return Object.freeze(nodes as readonly Node[]);
}

function toNode(entry: StaticNode, option: string): Node {
  const node = isObject(entry) ? entry : parsed(entry, option);
  // What is wrong in it is reported with the other nodes.
  const { id = isAddressed(node) ? addressOf(node) : 'unnamed' } = node;
  return Object.freeze({ ...node, id });
}

function isAddressed({ host, port }: Readonly<{ host: unknown; port: unknown }>): boolean {
  return typeof host === 'string' && typeof port === 'number';
}

function parsed(address: string, option: string): Omit<Node, 'id'> & { id?: string } {
  const place = typeof address === 'string' ? parseAddress(address) : undefined;
  checked((problems) =>
    problems.check(
      place !== undefined,
      option,
      address,
      `must be a node, { host, port }, or its address, 'host:port' or '[::1]:port'`,
    ),
  );
  return place!;
}
