import type { Node } from '../contracts/node.js';
import { HerdOptionError } from '../errors/option-error.js';

/** @returns `host:port`, an IPv6 host in brackets. */
export const addressOf = ({ host, port }: Pick<Node, 'host' | 'port'>): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** @throws {@link HerdOptionError} for a node that is incomplete, and for two with one id or one address. */
export function checkNodes(nodes: readonly Node[], option: string): void {
  const seen = new Set<string>();
  for (const node of nodes) {
    const { id, host, port, weight = 1 } = node;
    if (typeof id !== 'string' || id === '')
      throw new HerdOptionError(option, 'has a node without an id', node, 'give each node a name of its own');
    if (typeof host !== 'string' || !/^[^\s/[\]]+$/.test(host))
      throw new HerdOptionError(option, 'has a node without a host', node, 'pass a host name or an IP address');
    if (!Number.isInteger(port) || port < 1 || port > 65535)
      throw new HerdOptionError(option, 'has a node with a bad port', node, 'use a port from 1 to 65535');
    if (!Number.isFinite(weight) || weight <= 0)
      throw new HerdOptionError(option, 'has a node with a bad weight', node, 'use a number above 0');
    for (const name of [`id ${id}`, `address ${addressOf(node)}`]) {
      if (seen.has(name))
        throw new HerdOptionError(option, `has two nodes with the ${name}`, node, 'list each node once');
      seen.add(name);
    }
  }
}
