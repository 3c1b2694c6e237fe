import type { Ttl } from '../contracts/ttl.js';
import { HerdRequestError } from '../errors/operation-errors.js';
import { parseDuration } from './duration.js';
import type { OptionProblems } from './option-problems.js';

/**
 * @param leastMs the shortest life that the servers can keep.
 * @returns milliseconds, `Infinity` for `'never'`.
 * @throws {@link HerdRequestError} for 0, below 0, below `leastMs`, and for what is no duration.
 */
export function ttlMs(ttl: Ttl, leastMs = 0): number {
  if (ttl === 'never') return Infinity;
  const ms = msOf(ttl);
  if (ms === undefined || ms === 0)
    throw new HerdRequestError({
      what: 'A ttl must be a duration above 0',
      received: ttl,
      remedy: `pass milliseconds, a text such as '60s', or 'never'`,
    });
  if (ms >= leastMs) return ms;
  throw new HerdRequestError({
    what: `A ttl must be ${leastMs} ms or more, as these servers keep no shorter life`,
    received: ttl,
    remedy:
      typeof ttl === 'number'
        ? `a number is milliseconds: pass '${ttl}s' for ${ttl} seconds`
        : `pass '${leastMs}ms' or more`,
  });
}

/** Texts come again and again, and to read one costs as much as half an operation. */
const known = new Map<string, number>();
const mostKnown = 64;

function msOf(ttl: Ttl): number | undefined {
  if (typeof ttl !== 'string') return parseDuration(ttl);
  const before = known.get(ttl);
  if (before !== undefined) return before;
  const ms = parseDuration(ttl);
  if (ms === undefined) return undefined;
  if (known.size >= mostKnown) known.clear();
  known.set(ttl, ms);
  return ms;
}

/** Reports an option that is no ttl. */
export function checkTtl(problems: OptionProblems, option: string, ttl: Ttl, leastMs = 0): void {
  try {
    ttlMs(ttl, leastMs);
  } catch (error) {
    if (!(error instanceof HerdRequestError)) throw error;
    problems.check(false, option, ttl, `must be a ttl; ${error.remedy}`);
  }
}
