import type { SearchResponse } from '../contracts/engine.js';
import { SearchQueryError } from '../errors/query.errors.js';
import { sortValue } from '../query/request-window.js';
import type { Wire } from '../query/wire-value.js';

/** `index.max_result_window` of OpenSearch. */
const MAX_WINDOW = 10_000;

/** A body of one page in an order without ties. `roomForNext`: one hit more than the page shows whether another follows. */
export interface PagedBody {
  readonly body: Wire;
  readonly roomForNext: boolean;
}

/** @throws SearchQueryError for the order on disk without a point in time */
export function pagedBody(compiled: Wire, size: number): PagedBody {
  const order = compiled['sort'] === undefined ? [{ _score: 'desc' }] : [compiled['sort']].flat();
  if (compiled['pit'] === undefined && order.some((one) => '_doc' in (one as Wire)))
    throw new SearchQueryError(
      'sort',
      'the order on disk (`_doc`) is another one on each copy, and after each write: keep it for all pages with pointInTime(id), or sort by a field',
      '_doc',
    );
  const roomForNext = (compiled['from'] as number) + size < MAX_WINDOW;
  const sort = [...order, { _id: 'asc' }];
  // Where it need not count, the engine passes over documents without a value of the first field in the order.
  const counted = compiled['sort'] === undefined ? {} : { track_total_hits: true };
  return { body: { ...compiled, ...counted, sort, size: roomForNext ? size + 1 : size }, roomForNext };
}

/**
 * Asks for a page.
 *
 * @returns its hits alone, and the sort values of the last one where more follow
 */
export async function askPage(
  ask: (more: Wire) => Promise<SearchResponse>,
  { roomForNext }: PagedBody,
  after: Wire,
  size: number,
): Promise<{ readonly response: SearchResponse; readonly last: readonly unknown[] | undefined }> {
  const response = await ask(after);
  const hits = response.hits.hits.slice(0, size);
  const last = hits.length === size ? hits.at(-1)?.sort : undefined;
  const more = last !== undefined && (roomForNext ? response.hits.hits.length > size : await anyAfter(ask, last));
  return { response: { ...response, hits: { ...response.hits, hits } }, last: more ? last : undefined };
}

/** Whether hits follow a page that ends where windows end. */
async function anyAfter(ask: (more: Wire) => Promise<SearchResponse>, last: readonly unknown[]): Promise<boolean> {
  const { hits } = await ask({
    from: 0,
    size: 1,
    search_after: last.map(sortValue),
    track_total_hits: false,
    aggs: undefined,
  });
  return hits.hits.length > 0;
}
