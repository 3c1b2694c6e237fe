import fc from 'fast-check';
import type { SearchEngine } from '@rookery/search';
import { memoryEngine } from '@rookery/search/testing';
import { scripts } from './changes.js';
import { pageRows } from '../entities-page/row.js';
import { plans } from './random-plan.js';
import { REFUSALS } from './refusals.js';
import { inMemory, runModel, type Outcome } from './run-model.js';

/** `npm run prove:models` is the long form. */
const MODELS = Number(process.env['MODELS'] ?? 12);
const SEED = Number(process.env['SEED'] ?? 1);

/** The outcomes of models, each with a seed of its own as in the long form. */
async function* outcomes(count: number, seed: number, engine: () => SearchEngine): AsyncGenerator<Outcome> {
  const world = inMemory(engine);
  for (let n = seed; n < seed + count; n += 1) {
    const [pair] = fc.sample(fc.tuple(plans, scripts), { numRuns: 1, seed: n });
    yield await runModel(...pair!, world);
  }
}

it(`follows ${MODELS} models that nobody wrote (prove:models --seed ${SEED})`, async () => {
  let documents = 0;
  for await (const outcome of outcomes(MODELS, SEED, memoryEngine)) {
    expect(outcome).toEqual(expect.objectContaining({ outcome: expect.not.stringMatching('differs') as string }));
    if (outcome.outcome === 'equal') documents += outcome.documents;
  }
  expect(documents).toBeGreaterThan(0);
}, 240_000);

it('takes for refusals only what the page of entities lists', () => {
  const refused = pageRows().filter(({ verdict }) => verdict === 'refused');
  expect(refused.map(({ construct }) => construct)).toEqual(expect.arrayContaining(REFUSALS.map(({ row }) => row)));
});

/** What a search that loses something would do to its engine. */
const LOSSES: readonly (readonly [string, (engine: SearchEngine) => Partial<SearchEngine>])[] = [
  [
    'deletes',
    (engine) => ({
      bulk: async (operations, options) => {
        const outcomes = await engine.bulk(
          operations.filter(({ action }) => action !== 'delete'),
          options,
        );
        return operations.map(({ id, action }) =>
          action === 'delete' ? { id, outcome: 'deleted' as const } : outcomes.find((one) => one.id === id)!,
        );
      },
    }),
  ],
  [
    'later writes of a document',
    (engine) => {
      const written = new Set<string>();
      return {
        bulk: (operations, options) =>
          engine.bulk(
            operations.map((one) => {
              const key = `${one.index} ${one.id}`;
              const again = written.has(key);
              written.add(key);
              return again && one.action === 'index' && one.version !== undefined ? { ...one, version: 1 } : one;
            }),
            options,
          ),
      };
    },
  ],
];

it.each(LOSSES)(
  'finds a search that loses %s',
  async (_name, losing) => {
    const broken = (): SearchEngine => {
      const engine = memoryEngine();
      return Object.assign(Object.create(engine) as SearchEngine, losing(engine));
    };
    for await (const outcome of outcomes(30, 1, broken)) if (outcome.outcome === 'differs') return;
    throw new Error('no difference in 30 models');
  },
  240_000,
);
