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

/** @throws HerdNodeError unless the server answers as a memcached with the meta protocol. */
/** Not by `mn`, of which a server that expects TLS sees less than the head of a record, and waits for the rest. */
export const ping = async (client: MetaClient): Promise<void> => void (await say(client, 'version', /^VERSION /));

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
