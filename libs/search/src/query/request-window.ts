import type { Duration } from '../contracts/duration.js';
import { parseDuration } from '../support/duration.js';
import { SearchQueryError } from '../errors/query.errors.js';
import { unusable } from './unusable.js';
import { rawJson } from './raw-json.js';
import type { RequestNode } from './request.js';
import { wholeNumber, wireValue, type Wire } from './wire-value.js';

/** `index.max_result_window` of OpenSearch. */
const MAX_WINDOW = 10_000;

/** Which of the hits are requested: a page, or those after a hit. */
export function compileWindow({ page, searchAfter, sort }: RequestNode): Wire {
  const size = wholeNumber(page.size, 0, 'page.size');
  const from =
    'from' in page ? wholeNumber(page.from, 0, 'page.from') : (wholeNumber(page.number, 1, 'page.number') - 1) * size;
  if (from + size > MAX_WINDOW) {
    const asked = 'from' in page ? `${size} hits from ${from} on end` : `page ${page.number} of ${size} ends`;
    throw new SearchQueryError(
      'page',
      `${asked} at hit ${from + size}, and pages end at hit ${MAX_WINDOW}: narrow the query, or go on from the last hit with the cursor searchAfter(hit.sort)`,
      from + size,
    );
  }
  if (!searchAfter) return { from, size };
  if (from > 0)
    throw new SearchQueryError(
      'searchAfter',
      `searchAfter goes on from a hit, so the page must be the first (got from ${from})`,
      from,
    );
  if (searchAfter.length === 0 || searchAfter.length !== sort.length) {
    throw new SearchQueryError(
      'searchAfter',
      `searchAfter needs one value per sort(…): give it hit.sort (got ${searchAfter.length} values for ${sort.length} sorts)`,
      searchAfter,
    );
  }
  return { from, size, search_after: searchAfter.map(sortValue) };
}

const LONG = /^-?[1-9]\d{15,18}$/;
const LEAST = -(2n ** 63n);

/**
 * A sort value as the engine accepts it back: a whole number beyond 2^53, which came as its digits, is a number again, as
 * a date is not parsed from such digits.
 */
export function sortValue(value: unknown): unknown {
  if (value === null) return null;
  if (typeof value === 'bigint' || (typeof value === 'string' && LONG.test(value))) {
    const number = BigInt(value);
    return number >= LEAST && number < -LEAST ? rawJson(number) : String(value);
  }
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.getTime();
  return wireValue(value, 'searchAfter');
}

const KEEP_ALIVE = /^\d+(ms|s|m|h|d)$/;

export function compilePointInTime({ id, keepAlive }: NonNullable<RequestNode['pointInTime']>): Wire {
  if (typeof id !== 'string' || id === '')
    throw unusable('pointInTime', 'pointInTime needs the id that openPointInTime() gave', id);
  if (keepAlive === undefined) return { id };
  return { id, keep_alive: wireKeepAlive(keepAlive) };
}

/** How long the engine keeps a point in time after each use: `'1m'`, or milliseconds. */
export function wireKeepAlive(keepAlive: Duration): string {
  if (typeof keepAlive === 'string' && KEEP_ALIVE.test(keepAlive)) return keepAlive;
  const ms = parseDuration(keepAlive);
  if (ms !== undefined && ms >= 1) return `${Math.ceil(ms)}ms`;
  throw unusable('keepAlive', "keepAlive must be a time such as '1m'", keepAlive);
}
