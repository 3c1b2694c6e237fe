import { anything, type OptionTable } from '../support/option-table.js';
import type { RequestOptions } from './request.js';

/** The names of `query.options()`; the values are judged when the query compiles. */
export const REQUEST_OPTIONS: OptionTable<RequestOptions> = {
  trackTotalHits: anything,
  trackScores: anything,
  minScore: anything,
  explain: anything,
  profile: anything,
  serverTimeoutMs: anything,
  terminateAfter: anything,
  routing: anything,
  preference: anything,
  requestCache: anything,
  searchType: anything,
};
