import { createHash } from 'node:crypto';

import type { Copies } from '../../contracts/driver.js';
import { expiryWords } from './expiry-words.js';
import type { NodeClient } from './node-client.js';
import { copyScript } from './scripts.js';
import { fromBytes, toBytes } from './value-bytes.js';

/** By a script that gives value and life together, and `SET … NX`. Values alike are of one version: either is as good. */
export const redisCopies: Copies<NodeClient> = {
  read: (client, key) =>
    client.send(
      key,
      (redis) => redis.callBuffer('EVAL', copyScript, '1', key) as Promise<[Buffer, number] | null>,
      (found) => {
        if (!found) return undefined;
        const [stored, lifeMs] = found;
        if (Number(lifeMs) === 0) return undefined;
        const version = createHash('sha1').update(stored).digest('hex');
        return { encoded: fromBytes(stored), lifeMs: Number(lifeMs) < 0 ? Infinity : Number(lifeMs), version };
      },
    ),
  add: (client, key, { encoded, lifeMs }) =>
    client.send(
      key,
      (redis) => redis.call('set', [key, toBytes(encoded), ...expiryWords(lifeMs), 'NX']),
      (reply) => reply === 'OK',
    ),
};
