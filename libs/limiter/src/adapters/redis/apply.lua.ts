import { createHash } from 'node:crypto';
import { ANSWERS } from './lua/answers.lua.js';
import { ARGUMENTS } from './lua/arguments.lua.js';
import { BUCKET } from './lua/bucket.lua.js';
import { CHARGE } from './lua/charge.lua.js';
import { CONVERSION } from './lua/conversion.lua.js';
import { DECIDE } from './lua/decide.lua.js';
import { ONE_RATE } from './lua/one-rate.lua.js';
import { OPENING } from './lua/opening.lua.js';
import { SAVE } from './lua/save.lua.js';
import { SCALED } from './lua/scaled.lua.js';
import { STORED } from './lua/stored.lua.js';

/**
 * Decides costs on one bucket or many in one atomic step, by the server's clock: what `applyRequest` does, in Lua.
 *
 * KEYS[…]  the buckets: each one key, so that a cluster always finds it whole; several only where there is no cluster
 * ARGV[1]  `each`: each bucket for itself. `together`: all or none, with one cost for each. `rate`: as `each`, of buckets that have
 *          one plain rate and one run of costs, in a form of its own
 * ARGV[2]  how many microseconds a bucket may be of the future before it is healed
 * ARGV[3]  how many policies follow
 *
 * of `each` and `together`:
 * ARGV[…]  for each policy: how many limits, then for each its kind and whole numbers:
 *          1 or 2 (a rate in microseconds or milliseconds): drainPerTick, unitsPerToken, capacity, maxDebt, blockMicros or 0
 *          3 (a quota): capacity, blockMicros or 0, the four boundaries
 *          4 (calls at once): capacity, leaseMicros
 * ARGV[…]  for each bucket: the policy's place from 1, `1` where the costs settle, the lease to end or 0, how many runs of equal
 *          costs, then for each run the cost, below zero to give tokens back, and how often in turn. Without runs the bucket is
 *          only read
 *
 * of `rate`:
 * ARGV[…]  for each policy: tickMicros, drainPerTick, unitsPerToken, capacity
 * ARGV[…]  `1`, then the cost and how often, where all buckets have the same, under the first policy; else `0`, then for each the
 *          policy's place, the cost and how often
 *
 * Returns whole numbers, for each bucket: how far it was ahead where it was healed, else 0; a reading before its first cost; then
 * how many of each run were admitted: always the first ones. A reading is the level of each limit, and where the policy is not
 * plain rates, or the costs settle, the waits and the blocks of each too; each cost is a run of its own then, and its answer is
 * 0 or 1, its lease or 0, and a reading. One nil stands for all of that where the stored value is no bucket. Where it is all or
 * none, the answer ends with the first bucket that refuses, and the readings are those without any charge.
 * Of `rate` there comes first, for each bucket, its level before its costs, from which all follows; nil where it is stored in
 * another form: the answers for those come after it, as above.
 *
 * Stores a bucket of one plain rate, as the bytes `kind drainPerTick unitsPerToken capacity level updatedAt`, and any other as the
 * numbers of `toNumbers`; all are big-endian doubles, which Lua packs and unpacks several times faster than text, but for the kind
 * of the short form, a byte. Nothing where nothing has changed.
 *
 * Numbers in Lua are doubles: every value here is a whole number of at most 2^53, and no step leaves that range.
 * Only commands and functions that Redis 5 and later and Valkey share.
 */
export const APPLY_LUA = [
  OPENING,
  ONE_RATE,
  ARGUMENTS,
  SCALED,
  STORED,
  CONVERSION,
  BUCKET,
  CHARGE,
  SAVE,
  ANSWERS,
  DECIDE,
].join('');

/** What EVALSHA calls it by. */
export const APPLY_SHA1 = createHash('sha1').update(APPLY_LUA).digest('hex');
