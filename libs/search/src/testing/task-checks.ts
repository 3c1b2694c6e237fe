import type { TaskState } from '../contracts/task-port.js';
import { SearchNotFoundError } from '../errors/engine.errors.js';
import { expectContract, expectRejection, expectSame } from './contract-check.js';
import type { EngineBench } from './engine-bench.js';
import type { EngineCheck } from './engine-contract.js';

const DEADLINE_MS = 10_000;

/** Polls with a deadline. */
async function ended({ engine }: EngineBench, id: string): Promise<Exclude<TaskState, { state: 'running' }>> {
  const until = Date.now() + DEADLINE_MS;
  for (;;) {
    const state = await engine.readTask(id);
    if (state.state !== 'running') return state;
    expectContract(Date.now() < until, `task ${id} has not ended within ${DEADLINE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export const taskChecks: readonly EngineCheck[] = [
  [
    'changes what matches as a task, and nothing else',
    async (bench) => {
      await bench.fill(20);
      const id = await bench.engine.startByQuery({
        action: 'update',
        index: bench.alias,
        query: { term: { word: 'odd' } },
        script: { source: 'ctx._source.n = -1' },
        conflicts: 'abort',
        refresh: true,
      });
      const state = await ended(bench, id);
      expectSame(
        'end',
        [state.state, 'progress' in state && [state.progress.total, state.progress.updated, state.failures.length]],
        ['done', [10, 10, 0]],
      );
      expectSame('changed', await bench.engine.count({ index: bench.alias, body: { query: { term: { n: -1 } } } }), 10);
      expectSame('others', await bench.source('w2'), { word: 'even', n: 2 });
    },
    ['scripts'],
  ],

  [
    'deletes what matches as a task',
    async (bench) => {
      await bench.fill(20);
      const id = await bench.engine.startByQuery({
        action: 'delete',
        index: bench.alias,
        query: { term: { word: 'odd' } },
        conflicts: 'proceed',
        refresh: true,
      });
      const state = await ended(bench, id);
      expectSame('deleted', 'progress' in state && state.progress.deleted, 10);
      expectSame('left', await bench.engine.count({ index: bench.alias, body: {} }), 10);
    },
  ],

  [
    'cancels a task, also one that has ended',
    async (bench) => {
      await bench.fill(20);
      const id = await bench.engine.startByQuery({
        action: 'update',
        index: bench.alias,
        query: { match_all: {} },
        script: { source: 'ctx._source.n = -1' },
        conflicts: 'proceed',
        refresh: false,
        documentsPerSecond: 0.1,
      });
      expectSame('running', (await bench.engine.readTask(id)).state, 'running');
      await bench.engine.cancelTask(id);
      expectSame('end', (await ended(bench, id)).state, 'cancelled');
      await bench.engine.cancelTask(id);
    },
    ['scripts', 'documentsPerSecond'],
  ],

  [
    'writes what matches again as it is, as a task without a script',
    async (bench) => {
      await bench.fill(4);
      const before = (await bench.engine.get(bench.alias, 'w1'))!.version;
      const id = await bench.engine.startByQuery({
        action: 'update',
        index: bench.alias,
        query: { term: { word: 'odd' } },
        conflicts: 'abort',
        refresh: true,
      });
      const state = await ended(bench, id);
      expectSame('updated', 'progress' in state && state.progress.updated, 2);
      const after = (await bench.engine.get(bench.alias, 'w1'))!;
      expectSame('document', [after.version > before, after.source], [true, { word: 'odd', n: 1 }]);
      await bench.engine.cancelTask(id);
      await expectRejection('unknown task', () => bench.engine.readTask('nowhere:1'), SearchNotFoundError);
    },
  ],

  [
    'reports a task that fails',
    async (bench) => {
      await bench.fill(2);
      const id = await bench.engine.startByQuery({
        action: 'update',
        index: bench.alias,
        query: { match_all: {} },
        script: { source: 'no script' },
        conflicts: 'abort',
        refresh: false,
      });
      expectSame('end', (await ended(bench, id)).state, 'failed');
    },
    ['scripts'],
  ],
];
