import { parseArgs } from 'node:util';
import { startOpenSearch, startPostgres } from '@rookery/services';
import type { BatchOrder } from './batch-process.js';
import { watchBatch, type Watched } from './watched-batch.js';

/**
 * The long form: `npm run prove:models -- --models 5000 --seed 1`; `--servers` for PostgreSQL and OpenSearch. A model that
 * differs, hangs or ends its process is printed with the flags that run it alone, and made as small as it goes.
 */
const { values } = parseArgs({
  options: {
    models: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    /** Models from here on: `--from 17 --models 1` is the 18th of a seed. */
    from: { type: 'string', default: '0' },
    /** Passes over models that do not hold this, as the last line names it: `--holding 'a pivot entity'`. */
    holding: { type: 'string' },
    'no-shrink': { type: 'boolean', default: false },
    /** On PostgreSQL and OpenSearch instead of in memory. */
    servers: { type: 'boolean', default: false },
    /** Ends with the first batch that has a model which differs. */
    stop: { type: 'boolean', default: false },
  },
});

/** Models of one process. */
const BATCH = 100;

class Tally {
  readonly counts = { equal: 0, refused: 0, unmade: 0, differ: 0, hang: 0, crash: 0, documents: 0 };
  /** Models that a start or the ORM refused, by message. */
  readonly refusals = new Map<string, number[]>();
  /** How many of the models that were equal held a construct. */
  readonly constructs = new Map<string, number>();
  slowest = { model: -1, ms: 0 };

  constructor(
    private readonly seed: number,
    private readonly where: string,
  ) {}

  add(watched: Watched): void {
    this.counts[watched.did] += 1;
    if ('ms' in watched && watched.ms > this.slowest.ms) this.slowest = { model: watched.model, ms: watched.ms };
    if (watched.did === 'equal') {
      this.counts.documents += watched.documents;
      for (const one of watched.constructs) this.constructs.set(one, (this.constructs.get(one) ?? 0) + 1);
    } else if ('problems' in watched)
      for (const problem of watched.problems.map(withoutNames))
        this.refusals.set(problem, [...(this.refusals.get(problem) ?? []), watched.model]);
    else
      console.log(
        `model ${watched.model}, ${watched.did}: --seed ${this.seed} --from ${watched.model} --models 1${this.where}\n  ${watched.text}`,
      );
  }

  get wrong(): number {
    return this.counts.differ + this.counts.hang + this.counts.crash;
  }

  get shares(): string {
    const share = ([name, many]: readonly [string, number]): string =>
      `${name} ${Math.round((100 * many) / this.counts.equal)}%`;
    return [...this.constructs]
      .sort(([, a], [, b]) => b - a)
      .map(share)
      .join(', ');
  }

  get text(): string {
    return `${JSON.stringify(this.counts)}, slowest model ${this.slowest.model} with ${this.slowest.ms} ms`;
  }
}

/** One message for all models that have the same mistake. */
function withoutNames(problem: string): string {
  return problem.replace(/Model\d+[a-z]?(\.\w+)?/g, '…').replace(/\br\d+\w*/g, '…');
}

async function main(servers?: BatchOrder['servers']): Promise<void> {
  const [models, seed, from] = [values.models, values.seed, values.from].map(Number) as [number, number, number];
  const tally = new Tally(seed, servers ? ' --servers' : '');
  console.log(`${models} models, seed ${seed}`);
  const started = Date.now();
  const seconds = (): number => Math.round((Date.now() - started) / 1000);
  for (let at = from; at < from + models && !(values.stop && tally.wrong > 0); at += BATCH) {
    const size = Math.min(BATCH, from + models - at);
    const order = {
      seed,
      from: at,
      models: size,
      holding: values.holding,
      shrink: !values['no-shrink'],
      ...(servers ? { servers } : {}),
    };
    await watchBatch(order, (watched) => tally.add(watched));
    if ((at - from) % 500 === 400) console.log(`${at + size - from} models, ${seconds()} s: ${tally.text}`);
  }
  console.log(`${tally.text}, seed ${seed}, ${seconds()} s`);
  for (const [problem, at] of tally.refusals) console.log(`  ${at.length} times, first in model ${at[0]}: ${problem}`);
  console.log(`of the models that are equal, these hold: ${tally.shares}`);
  process.exitCode = tally.wrong === 0 ? 0 : 1;
}

/** Servers that run already (`POSTGRES_URL`, `OPENSEARCH_URL`), or own ones. */
async function onOwnOrGiven(): Promise<void> {
  const [given, node] = [process.env['POSTGRES_URL'], process.env['OPENSEARCH_URL']];
  if (given !== undefined && node !== undefined) return main({ postgres: given, engine: node });
  const [postgres, engine] = await Promise.all([startPostgres(), startOpenSearch()]);
  try {
    await main({ postgres: postgres.address, engine: engine.address });
  } finally {
    await Promise.all([postgres.stop(), engine.stop()]);
  }
}

await (values.servers ? onOwnOrGiven() : main());
