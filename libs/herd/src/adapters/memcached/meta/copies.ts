import type { Copies } from '../../../contracts/driver.js';
import { promiseOf } from '../../../support/answers.js';
import { exptime } from '../ttl.js';
import { wireValue } from '../wire-value.js';
import type { MetaClient } from './meta-client.js';
import { isPlaceholder, valueBytes } from './meta-reply.js';
import { answerOf, keyRequest, storeRequest } from './meta-requests.js';

/** By `mg` with the life that is left (`t`), and `ms` that stores only what is missing. `now` is epoch milliseconds. */
export const metaCopies = (now: () => number): Copies<MetaClient> => ({
  read: (client, key) =>
    promiseOf(
      client.ask(keyRequest('mg', key, ' f c t v'), (reply) => {
        if (answerOf(reply, key, { VA: false, EN: true }) || reply.stale || isPlaceholder(reply)) return undefined;
        const bytes = valueBytes(reply);
        const lifeMs = reply.ttl < 0 ? Infinity : reply.ttl * 1000;
        // Less than a second is over before it is stored.
        return lifeMs === 0 ? undefined : { encoded: { bytes, flags: reply.flags }, lifeMs, version: reply.cas! };
      }),
    ),
  add: (client, key, { encoded, lifeMs }) =>
    promiseOf(
      client.ask(
        storeRequest(key, wireValue(encoded), exptime(lifeMs === Infinity ? 'never' : lifeMs, now()), ' ME'),
        (reply) => answerOf(reply, key, { HD: true, NS: false }),
      ),
    ),
});
