import { HerdRefusedError } from '../../../errors/operation-errors.js';
import type { NodeDispatch } from '../../../contracts/dispatch.js';
import { metaCommands } from './commands.js';
import { inBatches } from './in-batches.js';
import type { MetaClient } from './meta-client.js';
import type { MetaMemcachedNodeCommands } from './meta-memcached-commands.js';
import type { ResolvedMetaOptions } from './meta-options.js';
import { answerOf, keyRequest } from './meta-requests.js';
import { TextRequest } from './text-request.js';

/** The commands of one node. */
export function metaNodeCommands(
  dispatch: NodeDispatch<MetaClient>,
  options: ResolvedMetaOptions,
): MetaMemcachedNodeCommands {
  return {
    ...metaCommands(dispatch, options),
    stats: async () => {
      const lines = await dispatch.run((client) => say(client, 'stats', /^END$/));
      const rows = lines.filter((line) => line.startsWith('STAT ')).map((line) => line.slice('STAT '.length));
      return Object.fromEntries(rows.map((row) => [row.slice(0, row.indexOf(' ')), row.slice(row.indexOf(' ') + 1)]));
    },
    flush: async () => void (await dispatch.run((client) => say(client, 'flush_all', /^OK$/))),
    version: async () =>
      (await dispatch.run((client) => say(client, 'version', /^VERSION /)))[0]!.slice('VERSION '.length),
  };
}

/** The earliest release that the driver is made for. */
const leastVersion = [1, 6, 13] as const;

/**
 * Not by `mn`, of which a server that expects TLS sees less than the head of a record, and waits for the rest.
 *
 * @throws HerdRefusedError for a memcached that is too old. What has a version of another form, such as a proxy, is tried.
 */
export async function ping(client: MetaClient): Promise<void> {
  const [line = ''] = await say(client, 'version', /^VERSION /);
  const version = line.slice('VERSION '.length);
  if (isTooOld(version))
    throw new HerdRefusedError({
      what: `Node ${client.node.id} is memcached ${version}, which is older than ${leastVersion.join('.')}`,
      remedy: 'use memcached() of @rookery/herd/memcached, or update the server',
    });
}

function isTooOld(version: string): boolean {
  if (!/^\d+(?:\.\d+)+/.test(version)) return false;
  const parts = version.split('.').map((part) => parseInt(part, 10));
  const differing = leastVersion.findIndex((least, i) => (parts[i] ?? 0) !== least);
  return differing >= 0 && (parts[differing] ?? 0) < leastVersion[differing]!;
}

const say = (client: MetaClient, command: string, last: RegExp): Promise<readonly string[]> =>
  new Promise((resolve, reject) => client.send(new TextRequest(command, (line) => last.test(line), resolve, reject)));

/** Deletes `keys`. */
export const invalidate = (client: MetaClient, keys: readonly string[]): Promise<void> =>
  inBatches(keys, (part) =>
    client.askMany(
      part.map((key) => keyRequest('md', key, '')),
      (reply, index) => void answerOf(reply, part[index]!, { HD: true, NF: true }),
    ),
  );
