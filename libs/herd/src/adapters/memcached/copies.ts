import type { Held } from '../../contracts/driver.js';
import { wireKey } from './key.js';
import type { NodeClient } from './node-client.js';
import { lineOf, valuesOf } from './replies.js';
import { leastTtlMs } from './ttl.js';
import { encodedOf, wireValue } from './wire-value.js';

/** The meta command for a life came with memcached 1.6: before it, `undefined`, so that nothing is copied. */
export async function readHeld(client: NodeClient, key: string): Promise<Held | undefined> {
  if (!(await knowsMeta(client))) return undefined;
  const wire = wireKey(key);
  const [life, value] = await Promise.all([
    client.send(`mg ${wire} t c`, (reply) =>
      reply.kind === 'line' && reply.line !== 'EN' ? /^HD t(-?\d+) c(\d+)$/.exec(reply.line) : undefined,
    ),
    client.send(`gets ${wire}`, (reply) => valuesOf(reply, key)[0]),
  ]);
  // Another version than the one whose life was read: it has just been written, and is not for copying.
  if (!life || !value || value.cas !== life[2]) return undefined;
  const seconds = Number(life[1]);
  if (seconds === 0) return undefined;
  return {
    encoded: encodedOf(value),
    lifeMs: seconds < 0 ? Infinity : Math.max(leastTtlMs, seconds * 1000),
    version: `${client.epoch}/${value.cas}`,
  };
}

export async function addHeld(client: NodeClient, key: string, { encoded, lifeMs }: Held): Promise<boolean> {
  const { flags, bytes, text } = wireValue(encoded);
  // What has more than 30 days left may have less: more is read as a UNIX time.
  const seconds = lifeMs === Infinity ? 0 : Math.min(Math.floor(lifeMs / 1000), 30 * 24 * 60 * 60);
  return client.send(
    `add ${wireKey(key)} ${flags} ${seconds} ${bytes}\r\n${text}`,
    (reply) => lineOf(reply, key, 'STORED', 'NOT_STORED') === 'STORED',
  );
}

const versions = new WeakMap<NodeClient, Promise<boolean>>();

/** An older server answers an unknown command by one that ends the connection. */
function knowsMeta(client: NodeClient): Promise<boolean> {
  const known = versions.get(client);
  if (known) return known;
  const asked = client.send('version', (reply) =>
    /^VERSION 1\.(?:[6-9]|\d\d)/.test(reply.kind === 'line' ? reply.line : ''),
  );
  versions.set(client, asked);
  asked.catch(() => versions.delete(client));
  return asked;
}
