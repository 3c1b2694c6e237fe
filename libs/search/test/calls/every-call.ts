import type { SearchRepository, SearchService } from '@rookery/search';
import { hasCondition, type QueryCall } from '../../src/query/call-parts.js';
import { Cell } from './entities.js';
import type { AnyCell } from './probes.js';

type Make = (query: AnyCell) => AnyCell;
type Call = (make: Make) => Promise<unknown>;

/** Each call, made untyped: types refuse some of what is tried here. */
export function everyCall(
  search: SearchService,
  refill: () => Promise<void>,
  routing: string,
): Readonly<Record<QueryCall, Call>> {
  const cells = search.repository(Cell, 'cells');
  const doomed = search.repository(Cell, 'doomed');
  const given = (make: Make): never => make as never;
  const byQuery =
    (start: (all: { all?: true }, make: Make) => ReturnType<SearchRepository<Cell>['deleteByQuery']>): Call =>
    async (make) => {
      await refill();
      const all = hasCondition(make(doomed.query()).request) ? {} : { all: true as const };
      const { updated, deleted, total } = await (await start(all, make)).done();
      await doomed.refresh();
      const left = await doomed.query().page({ size: 50 }).search();
      return { updated, deleted, total, left: left.hits.map(({ id, source }) => `${id} ${source.n}`).sort() };
    };
  return {
    search: async (make) => timeless(await make(cells.query()).search()),
    searchMany: async (make) => timeless((await cells.searchMany([make(cells.query() as AnyCell)]))[0]),
    across: async (make) => timeless(await search.across([Cell]).search(given(make))),
    paginate: async (make) => timeless(await cells.paginate(given(make), { size: 20 })),
    stream: async (make) => gathered(cells.stream(given(make), { size: 3 })),
    aggregate: (make) =>
      cells.aggregate(given((query) => make(query).aggregate((a) => ({ ids: a.terms('n', { size: 50 }) })))),
    everyBucket: async (make) =>
      gathered(
        (make(cells.query() as AnyCell) as ReturnType<typeof cells.query>).everyBucket((a) =>
          a.composite((s) => ({ n: s.terms('n') })),
        ),
      ),
    count: (make) => cells.count(given(make)),
    explain: (make) => cells.explain(2, given(make), { routing }),
    validate: (make) => cells.validate(given(make)),
    deleteByQuery: byQuery((all, make) => doomed.deleteByQuery(given(make), all)),
    updateByQuery: byQuery((all, make) =>
      doomed.updateByQuery(given(make), { ...all, script: { source: 'ctx._source.n = -1' } }),
    ),
  };
}

function timeless(page: unknown): unknown {
  return { ...(page as object), tookMs: 0, pointInTimeId: undefined };
}

async function gathered<V>(values: AsyncIterable<V>): Promise<V[]> {
  const all: V[] = [];
  for await (const value of values) all.push(value);
  return all;
}
