import { createHash } from 'node:crypto';

import type { Held } from '../../contracts/driver.js';
import type { NodeClient } from './node-client.js';
import { heldScript } from './scripts.js';
import { fromBytes, toBytes } from './value-bytes.js';

export async function readHeld(client: NodeClient, key: string): Promise<Held | undefined> {
  const [value, life] = await client.send(
    key,
    (redis) => redis.callBuffer('EVAL', heldScript, 1, key) as Promise<readonly [] | readonly [Buffer, number]>,
    (reply) => reply,
  );
  if (!value || life === 0) return undefined;
  const version = createHash('sha1').update(value).digest('hex');
  return { encoded: fromBytes(value), lifeMs: life! < 0 ? Infinity : life!, version };
}

export function addHeld(client: NodeClient, key: string, { encoded, lifeMs }: Held): Promise<boolean> {
  const life = lifeMs === Infinity ? [] : ['PX', String(Math.floor(lifeMs))];
  return client.send(
    key,
    (redis) => redis.call('set', [key, toBytes(encoded), ...life, 'NX']),
    (reply) => reply === 'OK',
  );
}
