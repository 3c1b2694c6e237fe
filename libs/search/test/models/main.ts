import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { startOpenSearch, startPostgres } from '@rookery/services';
import { memoryEngine } from '@rookery/search/testing';
import { scripts } from './changes.js';
import { reduced, type Case } from './reduce.js';
import { plans } from './random-plan.js';
import { inMemory, runModel, type World } from './run-model.js';
import { onServers } from './servers.js';

/**
 * The long form: `npm run prove:models -- --models 5000 --seed 1`; `--servers` for PostgreSQL and OpenSearch. A model that
 * differs is printed with the flags that run it alone, and made as small as it goes.
 */
const { values } = parseArgs({
  options: {
    models: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    /** Models from here on: `--from 17 --models 1` is the 18th of a seed. */
    from: { type: 'string', default: '0' },
    'no-shrink': { type: 'boolean', default: false },
    /** On PostgreSQL and OpenSearch instead of in memory. */
    servers: { type: 'boolean', default: false },
    stop: { type: 'boolean', default: false },
  },
});

async function main(world: World): Promise<void> {
  const [models, seed, from] = [values.models, values.seed, values.from].map(Number) as [number, number, number];
  const counts = { equal: 0, refused: 0, differs: 0, documents: 0 };
  const refusals = new Map<string, number>();
  console.log(`${models} models, seed ${seed}`);
  const started = Date.now();
  for (let n = from; n < from + models; n += 1) {
    // Each model has a seed of its own, so that one can be run alone.
    const [pair] = fc.sample(fc.tuple(plans, scripts), { numRuns: 1, seed: seed + n });
    const outcome = await runModel(...pair!, world).catch((error: unknown) => {
      console.log(`model ${n} of seed ${seed}`, JSON.stringify(pair![0]));
      throw error;
    });
    counts[outcome.outcome] += 1;
    if (outcome.outcome === 'equal') counts.documents += outcome.documents;
    if (outcome.outcome === 'refused')
      for (const problem of outcome.problems) refusals.set(problem, (refusals.get(problem) ?? 0) + 1);
    if (outcome.outcome === 'differs') {
      console.log(
        `model ${n}: --seed ${seed} --from ${n} --models 1\n  ${outcome.differences.slice(0, 5).join('\n  ')}`,
      );
      if (values['no-shrink']) console.log(`  model: ${JSON.stringify(pair![0])}`);
      else await shrink(pair!, world);
      if (values.stop) break;
    }
    if ((n - from + 1) % 250 === 0) console.log(`${n - from + 1} models, ${JSON.stringify(counts)}`);
  }
  console.log(`${JSON.stringify(counts)}, seed ${seed}, ${Math.round((Date.now() - started) / 1000)} s`);
  for (const [problem, times] of refusals) console.log(`  refused ${times} times: ${problem}`);
  process.exitCode = counts.differs === 0 ? 0 : 1;
}

/** Prints the least model and script that differ. */
async function shrink(given: Case, world: World): Promise<void> {
  const differences = async (candidate: Case): Promise<readonly string[]> => {
    const outcome = await runModel(...candidate, world).catch(() => undefined);
    return outcome?.outcome === 'differs' ? outcome.differences : [];
  };
  const least = await reduced(
    given,
    async (candidate) => (await differences(candidate)).length > 0,
    Date.now() + SHRINK_MS,
  );
  const [plan, script] = least;
  console.log(`  model: ${JSON.stringify(plan)}`);
  for (const transaction of script) console.log(`  ${JSON.stringify(transaction)}`);
  for (const difference of (await differences(least)).slice(0, 3)) console.log(`  ${difference}`);
}

const SHRINK_MS = 120_000;

/** Servers that run already (`POSTGRES_URL`, `OPENSEARCH_URL`), or own ones. */
async function onOwnOrGiven(run: (world: World) => Promise<void>): Promise<void> {
  const [given, node] = [process.env['POSTGRES_URL'], process.env['OPENSEARCH_URL']];
  if (given !== undefined && node !== undefined) return run(onServers(given, node));
  const [postgres, engine] = await Promise.all([startPostgres(), startOpenSearch()]);
  try {
    await run(onServers(postgres.address, engine.address));
  } finally {
    await Promise.all([postgres.stop(), engine.stop()]);
  }
}

await (values.servers ? onOwnOrGiven(main) : main(inMemory(memoryEngine)));
