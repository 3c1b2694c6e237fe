import type { Node } from '../contracts/node.js';
import { checked, checkWhole, isObject } from './option-checks.js';
import type { OptionProblems } from './option-problems.js';

/** The names of {@link Node}. */
export const nodeOptionNames: readonly (keyof Node)[] = ['id', 'host', 'port', 'weight'];

/** Sums of some thousands stay exact. */
const mostWeight = 1e9;

/** @returns `host:port`, an IPv6 host in brackets. */
export const addressOf = ({ host, port }: Pick<Node, 'host' | 'port'>): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/**
 * @param option what the list is called in messages, such as `discovery`.
 * @throws HerdOptionError for nodes that are incomplete, and for two with one id or one address.
 */
export function checkNodes(nodes: readonly Node[], option: string): void {
  checked((problems) => {
    const seen = new Map<string, number>();
    for (const [i, node] of nodes.entries()) {
      if (!checkNode(problems, node, `${option}[${i}]`)) continue;
      for (const name of [`id ${node.id}`, `address ${addressOf(node)}`]) {
        const first = seen.get(name);
        problems.check(
          first === undefined,
          `${option}[${i}]`,
          node,
          `must not have the ${name} that ${option}[${first}] has; list each node once`,
        );
        if (first === undefined) seen.set(name, i);
      }
    }
  });
}

/** Reports what is wrong with `node`, which is called `path` in messages. */
export function checkNode(problems: OptionProblems, node: Node, path: string): boolean {
  if (!problems.check(isObject(node), path, node, 'must be a node, { id, host, port }')) return false;
  const { id, host, port, weight = 1 } = node;
  return [
    problems.check(
      typeof id === 'string' && id !== '',
      `${path}.id`,
      id,
      'must be a text; give each node a name of its own',
    ),
    problems.check(
      typeof host === 'string' && /^[^\s/[\]]+$/.test(host),
      `${path}.host`,
      host,
      'must be a host name or an IP address',
    ),
    checkWhole(problems, `${path}.port`, port, [1, 65535], 'it is the port on which the server listens'),
    problems.check(
      typeof weight === 'number' && weight > 0 && weight <= mostWeight,
      `${path}.weight`,
      weight,
      `must be a number above 0, up to ${mostWeight}`,
    ),
  ].every(Boolean);
}
