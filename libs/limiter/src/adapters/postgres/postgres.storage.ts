import { channel } from 'node:diagnostics_channel';
import { limiterChannels, type ClockSkewMessage } from '../../contracts/diagnostics.js';
import type {
  AppliedCost,
  ApplyRequest,
  BucketLimit,
  BucketReading,
  BucketRequest,
  LimiterStorage,
} from '../../contracts/limiter-storage.js';
import { StorageFaultError } from '../../errors/storage-fault.js';
import { isWhole } from '../../support/is-whole.js';
import { resolveOptions } from '../../support/resolve-options.js';
import { TurnBatch } from '../../support/turn-batch.js';
import type { PostgresClient } from './postgres-client.js';
import { postgresFault } from './postgres-fault.js';
import { DEFAULT_TABLE, isTable, TABLE_RULE } from './postgres-schema.js';

export interface PostgresStorageOptions {
  /** Shown in messages and events. Default `'postgres'`. */
  readonly name?: string;
  /** The table of `postgresSchema`. Default `'rookery_limiter'`. */
  readonly table?: string;
  /** Buckets in one statement at most, of those called for in one turn of the event loop. Default 64. */
  readonly maxKeysPerCall?: number;
  /** As for Redis: a bucket further in the future than this many milliseconds is healed. Default 1000. */
  readonly maxSkewMs?: number;
}

const POSTGRES_DEFAULTS: Readonly<Required<PostgresStorageOptions>> = Object.freeze({
  name: 'postgres',
  table: DEFAULT_TABLE,
  maxKeysPerCall: 64,
  maxSkewMs: 1000,
});
const MAX_KEYS_PER_CALL = 1000;
const MAX_SKEW_MS = 86_400_000;
const clockSkewChannel = channel(limiterChannels.clockSkew);

/** What the function answers for one bucket: a reading before the first cost, then one answer for each. */
interface BucketAnswer {
  readonly ahead: number;
  readonly answers: readonly [BucketReading, ...AppliedCost[]];
}

type CallRequest = Pick<ApplyRequest, 'key' | 'limits' | 'costs' | 'settle' | 'endLease'>;

/**
 * Buckets in PostgreSQL 14 or later: one statement for all buckets of a turn, and the server's clock for all. Exact across a restart
 * of the server. The table and its functions are made by `postgresSchema`.
 *
 * Not exact across a failover to a replica that lags behind.
 *
 * @param client a `Pool` of `pg`; it stays yours to end
 * @throws {@link LimiterOptionError}
 * @example
 * await pool.query(postgresSchema());
 * LimiterModule.forRoot({ storage: postgresStorage(pool), policies: { api: { limit: 100, per: '1m' } } })
 */
export function postgresStorage(client: PostgresClient, options: PostgresStorageOptions = {}): LimiterStorage {
  const resolved = resolveOptions('postgresStorage', options, POSTGRES_DEFAULTS, (values, problems) => {
    const { name, table, maxKeysPerCall, maxSkewMs } = values;
    const usable = typeof client?.query === 'function';
    problems.check(usable, 'postgresStorage client', client, 'must have a method query, such as a Pool of pg');
    const named = typeof name === 'string' && name !== '';
    problems.check(named, 'postgresStorage name', name, 'must be a string that is not empty');
    problems.check(isTable(table), 'postgresStorage table', table, TABLE_RULE);
    const count = `must be a whole number from 1 to ${MAX_KEYS_PER_CALL}`;
    const fits = isWhole(maxKeysPerCall, 1, MAX_KEYS_PER_CALL);
    problems.check(fits, 'postgresStorage maxKeysPerCall', maxKeysPerCall, count);
    const skew = `must be whole milliseconds from 0 to ${MAX_SKEW_MS}`;
    problems.check(isWhole(maxSkewMs, 0, MAX_SKEW_MS), 'postgresStorage maxSkewMs', maxSkewMs, skew);
  });
  return new PostgresStorage(client, resolved);
}

class PostgresStorage implements LimiterStorage {
  readonly name: string;
  readonly capabilities = { serverClock: true, multiKeyAtomic: true };
  readonly #batch: TurnBatch<ApplyRequest, readonly AppliedCost[]>;
  readonly #applyText: string;
  readonly #deleteText: string;

  constructor(
    private readonly client: PostgresClient,
    private readonly options: Required<PostgresStorageOptions>,
  ) {
    this.name = options.name;
    this.#applyText = `SELECT ${options.table}_apply($1::jsonb, $2, $3, NULL) AS answers`;
    this.#deleteText = `DELETE FROM ${options.table} WHERE key = $1`;
    this.#batch = new TurnBatch<ApplyRequest, readonly AppliedCost[]>(options.maxKeysPerCall, async (requests) =>
      (await this.#call(requests, false)).map(({ answers: [, ...outcomes] }) => outcomes),
    );
  }

  apply(request: ApplyRequest): Promise<readonly AppliedCost[]> {
    return this.#batch.add(request);
  }

  async applyAll(requests: readonly ApplyRequest[]): Promise<readonly AppliedCost[]> {
    const single = requests.map((request) => ({ ...request, costs: request.costs.slice(0, 1) }));
    return (await this.#call(single, true)).map(({ answers: [, outcome] }) => outcome!);
  }

  async read({ key, limits }: BucketRequest): Promise<BucketReading> {
    const [answer] = await this.#call([{ key, limits, costs: [] }], false);
    return answer!.answers[0];
  }

  async delete({ key }: Pick<BucketRequest, 'key'>): Promise<void> {
    await this.#query(this.#deleteText, [key]);
  }

  async #call(requests: readonly CallRequest[], together: boolean): Promise<readonly BucketAnswer[]> {
    const calls = requests.map(({ key, limits, costs, settle, endLease }) => ({
      k: key,
      l: limits.map(limitNumbers),
      c: costs,
      s: settle,
      e: endLease,
    }));
    const [row] = await this.#query(this.#applyText, [JSON.stringify(calls), together, this.options.maxSkewMs * 1000]);
    const answers = (row as { answers?: unknown } | undefined)?.answers;
    if (!Array.isArray(answers)) throw new StorageFaultError(this.name, 'malformed');
    if (clockSkewChannel.hasSubscribers)
      (answers as BucketAnswer[]).forEach(({ ahead }, index) => this.#publishSkew(requests[index]!.key, ahead));
    return answers as readonly BucketAnswer[];
  }

  #publishSkew(key: string, aheadMicros: number): void {
    if (aheadMicros > 0)
      clockSkewChannel.publish({ storage: this.name, key, aheadMs: aheadMicros / 1000 } satisfies ClockSkewMessage);
  }

  async #query(text: string, values: readonly unknown[]): Promise<readonly unknown[]> {
    try {
      return (await this.client.query({ text, values })).rows;
    } catch (error) {
      throw postgresFault(this.name, error);
    }
  }
}

function limitNumbers(limit: BucketLimit): readonly number[] {
  const { capacity, blockMicros = 0 } = limit;
  if (limit.kind === 'quota') return [3, capacity, blockMicros, ...limit.boundaries];
  if (limit.kind === 'concurrency') return [4, capacity, limit.leaseMicros];
  const { drainPerTick, unitsPerToken, tickMicros, maxDebt = 0 } = limit;
  return [tickMicros === 1 ? 1 : 2, drainPerTick, unitsPerToken, capacity, maxDebt, blockMicros];
}
