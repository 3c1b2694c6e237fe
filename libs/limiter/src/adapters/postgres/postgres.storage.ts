import { channel } from 'node:diagnostics_channel';
import { limiterChannels, type ClockSkewMessage } from '../../contracts/diagnostics.js';
import type {
  AnswerListener,
  AppliedCost,
  ApplyRequest,
  BucketReading,
  BucketRequest,
  LimiterStorage,
} from '../../contracts/limiter-storage.js';
import { StorageFaultError } from '../../errors/storage-fault.js';
import { isWhole } from '../../support/is-whole.js';
import { resolveOptions } from '../../support/resolve-options.js';
import { promised } from '../../support/apply-to.js';
import { TurnBatch } from '../../support/turn-batch.js';
import { encodeCalls, type BucketAnswer, type BucketCall } from './bucket-call.js';
import { ChargeCall, Dealer, isCharge } from './charge-call.js';
import type { PostgresClient } from './postgres-client.js';
import { postgresFault } from './postgres-fault.js';
import { DEFAULT_TABLE, isTable, TABLE_RULE } from './postgres-schema.js';

export interface PostgresStorageOptions {
  /** Shown in messages and events. Default `'postgres'`. */
  readonly name?: string;
  /** The table of `postgresSchema`. Default `'rookery_limiter'`. */
  readonly table?: string;
  /** Buckets in one statement at most, of those called for in one turn of the event loop. Default 128. */
  readonly maxKeysPerCall?: number;
  /** As for Redis: a bucket further in the future than this many milliseconds is healed. Default 1000. */
  readonly maxSkewMs?: number;
}

const POSTGRES_DEFAULTS: Readonly<Required<PostgresStorageOptions>> = Object.freeze({
  name: 'postgres',
  table: DEFAULT_TABLE,
  maxKeysPerCall: 128,
  maxSkewMs: 1000,
});
const MAX_KEYS_PER_CALL = 1000;
const MAX_SKEW_MS = 86_400_000;
/** A statement that also deletes costs a tenth more. */
const SWEEP_AFTER = 16;
const clockSkewChannel = channel(limiterChannels.clockSkew);

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
    problems.check(usable, 'postgresStorage.client', client, 'must have a method query, such as a Pool of pg');
    const named = typeof name === 'string' && name !== '';
    problems.check(named, 'postgresStorage.name', name, 'must be a string that is not empty');
    problems.check(isTable(table), 'postgresStorage.table', table, TABLE_RULE);
    const count = `must be a whole number from 1 to ${MAX_KEYS_PER_CALL}`;
    const fits = isWhole(maxKeysPerCall, 1, MAX_KEYS_PER_CALL);
    problems.check(fits, 'postgresStorage.maxKeysPerCall', maxKeysPerCall, count);
    const skew = `must be whole milliseconds from 0 to ${MAX_SKEW_MS}`;
    problems.check(isWhole(maxSkewMs, 0, MAX_SKEW_MS), 'postgresStorage.maxSkewMs', maxSkewMs, skew);
  });
  return new PostgresStorage(client, resolved);
}

class PostgresStorage implements LimiterStorage {
  readonly name: string;
  readonly capabilities = { serverClock: true, multiKeyAtomic: true };
  readonly #batch: TurnBatch<ApplyRequest, readonly AppliedCost[]>;
  readonly #chargeText: string;
  readonly #applyText: string;
  readonly #deleteText: string;
  /** Buckets written since empty ones were deleted. */
  #unswept = 0;

  constructor(
    private readonly client: PostgresClient,
    private readonly options: Required<PostgresStorageOptions>,
  ) {
    const { name, table, maxKeysPerCall } = options;
    this.name = name;
    this.#chargeText = `SELECT ${table}_charge(string_to_array($1, ' '), $2, $3, $4, $5, $6, $7, NULL) AS answers`;
    this.#applyText = `SELECT ${table}_apply($1::jsonb, $2, $3, NULL) AS answers`;
    this.#deleteText = `DELETE FROM ${table} WHERE key = $1`;
    this.#batch = new TurnBatch<ApplyRequest, readonly AppliedCost[]>(maxKeysPerCall, (requests) =>
      this.#applyEach(requests),
    );
  }

  apply(request: ApplyRequest): Promise<readonly AppliedCost[]> {
    return promised((listener) => this.applyTo(request, listener));
  }

  applyTo(request: ApplyRequest, listener: AnswerListener): void {
    this.#batch.add(request, listener);
  }

  async applyAll(requests: readonly ApplyRequest[]): Promise<readonly AppliedCost[]> {
    const single = requests.map((request) => ({ ...request, costs: request.costs.slice(0, 1) }));
    return (await this.#decide(single, true)).map(({ answers: [, outcome] }) => outcome!);
  }

  async read({ key, limits }: BucketRequest): Promise<BucketReading> {
    const [answer] = await this.#decide([{ key, limits, costs: [] }], false);
    return answer!.answers[0];
  }

  async delete({ key }: Pick<BucketRequest, 'key'>): Promise<void> {
    await this.#query(this.#deleteText, [key]);
  }

  /** Two statements where some need the general one; either fails its own requests alone. */
  async #applyEach(requests: readonly ApplyRequest[]): Promise<readonly (readonly AppliedCost[] | Error)[]> {
    const charges = new ChargeCall();
    const others: ApplyRequest[] = [];
    const ways = requests.map((request) => {
      if (isCharge(request) && charges.add(request)) return 'charge';
      others.push(request);
      return 'other';
    });
    const [charged, decided] = await Promise.all([
      this.#charge(charges).catch(asError),
      this.#decide(others, false).catch(asError),
    ]);
    let next = 0;
    return requests.map((request, index) => {
      if (ways[index] === 'charge') return charged instanceof Error ? charged : charged.deal(request);
      return decided instanceof Error ? decided : (decided[next++]!.answers.slice(1) as readonly AppliedCost[]);
    });
  }

  async #charge(call: ChargeCall): Promise<Dealer> {
    if (call.size === 0) return new Dealer(new Map());
    const values = [...call.values(), this.options.maxSkewMs * 1000, this.#sweep(call.size)];
    const answers = call.decode(await this.#answers(this.#chargeText, values));
    if (answers === undefined) throw new StorageFaultError(this.name, 'malformed');
    for (const [key, { ahead }] of answers) this.#publishSkew(key, ahead);
    return new Dealer(answers);
  }

  async #decide(calls: readonly BucketCall[], together: boolean): Promise<readonly BucketAnswer[]> {
    if (calls.length === 0) return [];
    const values = [encodeCalls(calls), together, this.options.maxSkewMs * 1000];
    const answers = await this.#answers(this.#applyText, values);
    if (!Array.isArray(answers)) throw new StorageFaultError(this.name, 'malformed');
    (answers as BucketAnswer[]).forEach(({ ahead }, index) => this.#publishSkew(calls[index]!.key, ahead));
    return answers as readonly BucketAnswer[];
  }

  /** How many buckets that are empty a call may delete: two for each that is written, in few statements. */
  #sweep(written: number): number {
    this.#unswept += written;
    if (this.#unswept < SWEEP_AFTER) return 0;
    const most = 2 * this.#unswept;
    this.#unswept = 0;
    return most;
  }

  #publishSkew(key: string, aheadMicros: number): void {
    if (aheadMicros > 0 && clockSkewChannel.hasSubscribers)
      clockSkewChannel.publish({ storage: this.name, key, aheadMs: aheadMicros / 1000 } satisfies ClockSkewMessage);
  }

  async #answers(text: string, values: readonly unknown[]): Promise<unknown> {
    const [row] = await this.#query(text, values);
    return (row as { answers?: unknown } | undefined)?.answers;
  }

  async #query(text: string, values: readonly unknown[]): Promise<readonly unknown[]> {
    try {
      return (await this.client.query({ text, values })).rows;
    } catch (error) {
      throw postgresFault(this.name, error);
    }
  }
}

function asError(error: unknown): Error {
  return error as StorageFaultError;
}
