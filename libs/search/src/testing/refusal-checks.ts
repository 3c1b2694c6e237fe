import type { ByQueryRequest } from '../contracts/task-port.js';
import { SearchUnclaimedError } from '../errors/engine.errors.js';
import { expectRejection, expectSame } from './contract-check.js';
import type { EngineBench, EngineFeature } from './engine-bench.js';
import type { EngineCheck } from './engine-contract.js';

const script = { source: 'ctx._source.n = -1' };
const byScript = { script: { script: { source: 'true' } } };

type Calls = Readonly<Record<string, () => Promise<unknown>>>;

/** Every call that an engine without the feature has to refuse. */
const CALLS: Readonly<Record<EngineFeature, (bench: EngineBench) => Calls>> = {
  scripts: ({ engine, alias: index }) => ({
    update: () => engine.update({ index, id: 'w1', script }),
    bulk: () =>
      engine.bulk([
        { action: 'index', index, id: 'w0', source: '{"n":-1}', version: 9 },
        { action: 'update', index, id: 'w1', source: JSON.stringify({ script }) },
      ]),
    startByQuery: () => engine.startByQuery({ ...task(index), script }),
    search: () => engine.search({ index, body: { query: byScript } }),
    searchMany: () => engine.searchMany([{ index, body: { query: byScript } }]),
    count: () => engine.count({ index, body: { query: byScript } }),
  }),
  documentsPerSecond: ({ engine, alias }) => ({
    startByQuery: () => engine.startByQuery({ ...task(alias), action: 'delete', documentsPerSecond: 1 }),
  }),
};

/** An engine that does not claim a feature refuses every use of it, and changes nothing. */
export function refusalCheck(feature: EngineFeature): EngineCheck {
  return [
    `refuses ${feature} by name, and does nothing`,
    async (bench) => {
      await bench.fill(3);
      for (const [name, call] of Object.entries(CALLS[feature](bench)))
        await expectRejection(name, call, SearchUnclaimedError);
      for (const n of [0, 1, 2]) expectSame(`w${n}`, await bench.source(`w${n}`), { word: n % 2 ? 'odd' : 'even', n });
    },
  ];
}

function task(index: string): ByQueryRequest {
  return { action: 'update', index, query: { match_all: {} }, conflicts: 'abort', refresh: true };
}
