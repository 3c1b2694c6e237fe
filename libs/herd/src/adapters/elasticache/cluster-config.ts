import { addressOf } from '../../support/nodes.js';
import type { Node } from '../../contracts/node.js';

/** The configuration that ElastiCache reports of a cluster; `version` rises by one with each change. */
export type ClusterConfig = Readonly<{ version: number; nodes: readonly Node[] }>;

/**
 * Reads `12\nhost|ip|port host|ip|port\n`. A node's id is `host:port`, so that it keeps its keys when its IP address
 * changes; the IP address, which may be empty, is what is connected to.
 *
 * @param by `name` where that is to be connected to, as certificates hold it.
 * @returns `undefined` when the text is anything else.
 */
export function parseClusterConfig(text: string, by: 'address' | 'name' = 'address'): ClusterConfig | undefined {
  const [version, list, ...rest] = text.replace(/[\r\n]+$/, '').split(/\r?\n/);
  if (!/^\d{1,15}$/.test(version!) || list === undefined || rest.length > 0) return undefined;
  const nodes = list
    .trim()
    .split(/ +/)
    .map((entry) => parseNode(entry, by));
  return nodes.every((node) => node !== undefined) ? { version: Number(version), nodes } : undefined;
}

function parseNode(entry: string, by: 'address' | 'name'): Node | undefined {
  const [, name, ip, digits] = /^([^|\s]+)\|([^|\s]*)\|(\d{1,5})$/.exec(entry) ?? [];
  const port = Number(digits);
  if (name === undefined || port < 1 || port > 65535) return undefined;
  return Object.freeze({ id: addressOf({ host: name, port }), host: ip === '' || by === 'name' ? name : ip!, port });
}
