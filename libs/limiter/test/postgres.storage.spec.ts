import fc from 'fast-check';
import pg from 'pg';
import { describeWith } from '@rookery/services';
import { applyRequest, emptyAt, toNumbers, type Clock, type LimiterStorage } from '@rookery/limiter';
import { postgresSchema, postgresStorage, type PostgresClient } from '@rookery/limiter/postgres';
import { storageContract } from '@rookery/limiter/testing';
import { stateOf } from '../src/adapters/postgres/apply.sql.js';
import { healed } from '../src/algorithm/bucket-state.js';
import { OpenBucket } from '../src/algorithm/open-bucket.js';
import { charge, scenario } from './arbitrary-requests.js';
import { clockedPostgres } from './clocked-postgres.js';
import { faultOf } from './storage-faults.js';

const TABLE = `limiter_${process.pid}`;
/** More than any case moves its clock back: the storage would heal it. */
const MAX_SKEW_MS = 7_200_000;
const LIMITS = [{ drainPerTick: 1, unitsPerToken: 3_600_000, capacity: 3 * 3_600_000, tickMicros: 1000 as const }];
/** Moments after the year 2255: JavaScript rounds them to some microseconds, PostgreSQL does not. */
const withinSafe = (moment: number | null): number | null => moment && Math.min(moment, Number.MAX_SAFE_INTEGER);

describeWith('postgres', 'PostgreSQL storage', (url) => {
  let pool: pg.Pool;
  beforeAll(async () => {
    pool = new pg.Pool({ connectionString: url, max: 4 });
    await pool.query(postgresSchema({ table: TABLE }));
    await pool.query(postgresSchema({ table: TABLE }));
  });
  afterAll(async () => {
    await pool.query(`DROP TABLE ${TABLE}`);
    await pool.end();
  });
  const client: PostgresClient = { query: (query) => pool.query(query.text, [...query.values]) };

  describe('contract', () => {
    const open = (clock: Clock) =>
      postgresStorage(clockedPostgres(client, clock), { table: TABLE, maxSkewMs: MAX_SKEW_MS });
    for (const { name, run } of storageContract({ open: (clock) => [open(clock), open(clock), open(clock)] }))
      it(name, run, 60_000);
  });

  it('decides and stores exactly as applyRequest does', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ before, request, now }) => {
        const { limits, costs, settle, endLease } = request;
        const numbers = limits.map((limit) =>
          limit.kind === 'quota'
            ? [3, limit.capacity, limit.blockMicros ?? 0, ...limit.boundaries]
            : limit.kind === 'concurrency'
              ? [4, limit.capacity, limit.leaseMicros]
              : [
                  limit.tickMicros === 1 ? 1 : 2,
                  limit.drainPerTick,
                  limit.unitsPerToken,
                  limit.capacity,
                  limit.maxDebt ?? 0,
                  limit.blockMicros ?? 0,
                ],
        );
        const call = JSON.stringify({ l: numbers, c: costs, s: settle, e: endLease });
        const { rows } = await pool.query<{ decided: { expires: number | null } }>(
          `SELECT ${TABLE}_decide($1, $2::jsonb, $3, $4) AS decided`,
          [before ? toNumbers(before) : null, call, now, Number.MAX_SAFE_INTEGER],
        );
        const { outcomes, next } = applyRequest(before, request, now);
        const opened = OpenBucket.of(before, limits, { now, wallNow: now });
        if (endLease !== undefined) opened.endLease(endLease);
        const { expires, ...decided } = rows[0]!.decided;
        expect({ ...decided, expires: withinSafe(expires) }).toEqual({
          ahead: 0,
          state: next ? toNumbers(next) : null,
          expires: withinSafe(next ? emptyAt(next) : null),
          answers: [opened.reading(), ...outcomes],
        });
      }),
      { numRuns: 400 },
    );
  }, 60_000);

  it('charges a bucket of one rate exactly as applyRequest does, whatever is stored', async () => {
    let now = 0;
    const storage = postgresStorage(
      clockedPostgres(client, () => now),
      { table: TABLE, maxSkewMs: MAX_SKEW_MS },
    );
    let key = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(charge, { minLength: 1, maxLength: 4 }), async (charges) => {
        const calls = charges.map(({ before, request }) => ({
          before,
          request: { ...request, key: `charge:${key++}` },
        }));
        now = charges[0]!.now;
        for (const { before, request } of calls) {
          if (before === undefined) continue;
          await pool.query(`INSERT INTO ${TABLE} (key, expires_at) VALUES ($1, 0)`, [request.key]);
          const state = JSON.stringify(toNumbers(before));
          await pool.query(`SELECT ${TABLE}_write($1, $2, ${Number.MAX_SAFE_INTEGER})`, [request.key, state]);
        }
        const answers = await Promise.all(
          calls.map(async ({ request }) => storage.apply({ ...request, timeoutMs: 5000 })),
        );
        const { rows } = await pool.query<{ key: string; state: string[]; expires_at: string }>(
          `SELECT key, ${stateOf('b')} AS state, expires_at FROM ${TABLE} b WHERE key LIKE 'charge:%'`,
        );
        for (const [index, { before, request }] of calls.entries()) {
          const ahead = (before?.updatedAt ?? 0) - now > MAX_SKEW_MS * 1000;
          const { outcomes, next } = applyRequest(before && ahead ? healed(before, now) : before, request, now);
          expect(answers[index]).toEqual(outcomes);
          const row = rows.find(({ key }) => key === request.key);
          const state = next ?? before;
          // A row that was made to be locked, and refused, is empty; one that was healed is written whole.
          if (next || !ahead) expect((row?.state ?? []).map(Number)).toEqual(state ? toNumbers(state) : []);
          if (next) expect(withinSafe(Number(row!.expires_at))).toBe(withinSafe(emptyAt(next)));
        }
        await pool.query(`DELETE FROM ${TABLE} WHERE key LIKE 'charge:%'`);
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it('decides many buckets of one turn in one statement, the first of them in two halves', async () => {
    const texts: string[] = [];
    const spied: PostgresClient = { query: (query) => (texts.push(query.text), client.query(query)) };
    const storage = postgresStorage(spied, { table: TABLE, maxKeysPerCall: 64 });
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, index) =>
        storage.apply({ key: `many:${index % 50}`, limits: LIMITS, costs: [2], timeoutMs: 5000 }),
      ),
    );
    expect(texts).toHaveLength(3);
    expect(answers.filter(([outcome]) => outcome!.allowed)).toHaveLength(50);
  });

  it('locks the buckets of many statements in one order, and loses no charge', async () => {
    const storages = Array.from({ length: 3 }, () => postgresStorage(client, { table: TABLE, maxKeysPerCall: 12 }));
    const two = [...LIMITS, { ...LIMITS[0]!, drainPerTick: 2 }];
    // Those of two limits are decided by the general statement, and deleted ones make their row anew.
    const limitsOf = (bucket: number) => (bucket % 3 === 0 ? two : LIMITS);
    const admitted = Array<number>(20).fill(0);
    const round = async (storage: LimiterStorage) => {
      const order = admitted.map((_, bucket) => bucket).sort(() => Math.random() - 0.5);
      const gone = order.map((bucket) => ({ key: `gone:${bucket % 4}`, limits: LIMITS, costs: [1], timeoutMs: 5000 }));
      await Promise.all([
        ...order.map(async (bucket) => {
          const request = { key: `order:${bucket}`, limits: limitsOf(bucket), costs: [1], timeoutMs: 5000 };
          const [outcome] = await storage.apply(request);
          if (outcome!.allowed) admitted[bucket]!++;
        }),
        ...gone.map(async (request) => storage.apply(request)),
        storage.delete(gone[0]!),
      ]);
    };
    await Promise.all(Array.from({ length: 30 }, (_, index) => round(storages[index % 3]!)));
    expect(admitted).toEqual(admitted.map(() => 3));
  });

  it('deletes empty buckets while others are written', async () => {
    let now = Date.now() * 1000;
    const storage = postgresStorage(
      clockedPostgres(client, () => now),
      { table: TABLE },
    );
    const apply = async (key: string) => storage.apply({ key, limits: LIMITS, costs: [1], timeoutMs: 5000 });
    await Promise.all(Array.from({ length: 40 }, (_, index) => apply(`old:${index}`)));
    now += 4 * 3_600_000_000;
    for (let index = 0; index < 40; index++) await apply(`new:${index}`);
    const { rows } = await pool.query(`SELECT count(*)::int AS old FROM ${TABLE} WHERE key LIKE 'old:%'`);
    expect(rows).toEqual([{ old: 0 }]);
  });

  it('fails where there is no table, and refuses what it cannot use', async () => {
    const storage = postgresStorage(client, { table: 'nowhere' });
    expect(
      await faultOf(storage.apply({ key: 'k', limits: LIMITS, costs: [1], timeoutMs: 50 }) as Promise<unknown>),
    ).toBe('unknown');
    expect(() => postgresStorage({} as never)).toThrow('postgresStorage.client must have a method query');
    expect(() => postgresStorage(client, { table: 'a; DROP TABLE b' })).toThrow('postgresStorage.table must be a name');
    expect(() => postgresSchema({ table: 'A' })).toThrow('postgresSchema.table must be a name');
  });

  it('refuses an isolation under which it could not be exact', async () => {
    const strict = new pg.Client({ connectionString: url });
    await strict.connect();
    try {
      await strict.query('SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ');
      const storage = postgresStorage(
        { query: ({ text, values }) => strict.query(text, [...values]) },
        { table: TABLE },
      );
      await expect(storage.apply({ key: 'k', limits: LIMITS, costs: [1], timeoutMs: 50 })).rejects.toMatchObject({
        cause: expect.objectContaining({ message: expect.stringContaining('LIMITER_ISOLATION') as string }) as unknown,
      });
    } finally {
      await strict.end();
    }
  });
});
