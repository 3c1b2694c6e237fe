import assert from 'node:assert/strict';
import type { BucketLimit, ConcurrencyBucketLimit, QuotaBucketLimit } from '../contracts/limiter-storage.js';
import { seededRandom } from './random.js';
import { ReferencePolicy } from './reference-policy.js';
import type { FixtureBucket, StorageFixture } from './storage-fixture.js';
import { bucketLimit } from './test-limit.js';

const SECOND = 1_000_000;
const HOUR = 3600 * SECOND;
const RATE = bucketLimit({ limit: 10, windowMs: 1000, burst: 10 });
const LEASED: ConcurrencyBucketLimit = { kind: 'concurrency', unitsPerToken: 1, capacity: 3, leaseMicros: 30 * SECOND };

/** Hours, of which `now` lies in the middle of one. */
const hourly = (now: number, capacity: number): QuotaBucketLimit => {
  const start = now - HOUR / 2;
  return {
    kind: 'quota',
    unitsPerToken: 1,
    capacity,
    boundaries: [start - HOUR, start, start + HOUR, start + 2 * HOUR],
  };
};

/** The kinds of limit beside rates: quotas, calls at once, blocks and debt, alone and together. */
export const KIND_CHECKS: Record<string, (fixture: StorageFixture) => Promise<void>> = {
  'counts a quota by its periods, and gives it anew at the boundary': async (fixture) => {
    const quota = hourly(fixture.now, 4);
    const bucket = fixture.bucket().withLimits(quota);
    assert.equal(await bucket.admitted(10), 4);
    fixture.now = quota.boundaries[2] - 1;
    assert.equal(await bucket.admitted(10), 0, 'one microsecond early');
    assert.deepEqual((await bucket.reading()).waits, [1]);
    fixture.now += 1;
    assert.equal(await bucket.admitted(10), 4, 'on time, and as many');
    assert.deepEqual(await bucket.reading(), { levels: [4], waits: [HOUR], blocks: [0] });
  },

  'gives tokens of a quota back, and settles it up to a full one': async (fixture) => {
    const bucket = fixture.bucket().withLimits(hourly(fixture.now, 10));
    await bucket.apply(8, -3);
    assert.deepEqual(await bucket.read(), [5]);
    assert.equal((await bucket.applyAs({ settle: true }, 100))[0]!.allowed, true, 'what was used is not refused');
    assert.deepEqual(await bucket.read(), [10]);
  },

  'holds no more calls at once than its limit, each until it is ended': async (fixture) => {
    const bucket = fixture.bucket().withLimits(LEASED);
    const outcomes = await Promise.all(Array.from({ length: 8 }, async () => (await bucket.apply(5))[0]!));
    const leases = outcomes.flatMap(({ allowed, lease }) => (allowed ? [lease!] : []));
    assert.equal(new Set(leases).size, 3, 'each has a lease of its own, whatever it costs');
    await bucket.applyAs({ endLease: leases[0]! });
    await bucket.applyAs({ endLease: leases[0]! });
    assert.deepEqual(await bucket.read(), [2], 'ended once');
    assert.equal(await bucket.admitted(5), 1);
  },

  'ends a lease that nobody ended, and then no other in its place': async (fixture) => {
    const bucket = fixture.bucket().withLimits(LEASED);
    const [forgotten] = await bucket.apply(1);
    fixture.now += 10 * SECOND;
    assert.equal(await bucket.admitted(5), 2);
    fixture.now += 20 * SECOND - 1;
    assert.equal(await bucket.consume(), false, 'one microsecond early');
    fixture.now += 1;
    assert.equal(await bucket.admitted(5), 1, 'on time');
    await bucket.applyAs({ endLease: forgotten!.lease! });
    assert.equal(await bucket.consume(), false, 'it was over');
    // Two leases of one moment end one microsecond apart.
    fixture.now += 10 * SECOND + 1;
    assert.equal(await bucket.admitted(5), 2);
  },

  'blocks for its blockFor once a token found no room, and no longer': async (fixture) => {
    const bucket = fixture.bucket().withLimits({ ...RATE, blockMicros: 60 * SECOND });
    assert.equal(await bucket.admitted(10), 10);
    fixture.now += SECOND;
    assert.equal(await bucket.consume(4), true, 'a full bucket blocks nobody');
    const [refused] = await bucket.apply(7);
    assert.deepEqual([refused!.allowed, refused!.blocks], [false, [60 * SECOND]]);
    fixture.now += 60 * SECOND - 1;
    const [late] = await bucket.apply(1);
    assert.deepEqual([late!.allowed, late!.levels, late!.blocks], [false, [0], [1]], 'one microsecond early');
    fixture.now += 1;
    assert.equal(await bucket.admitted(20), 10, 'on time: a refusal meanwhile made it no longer');
  },

  'charges a debt up to its bound, and has it paid off first': async (fixture) => {
    const unit = RATE.unitsPerToken;
    const bucket = fixture.bucket().withLimits({ ...RATE, maxDebt: 5 * unit });
    await bucket.apply(4);
    const [settled] = await bucket.applyAs({ settle: true }, 8);
    assert.deepEqual([settled!.allowed, settled!.levels], [true, [12 * unit]]);
    await bucket.applyAs({ settle: true }, 8);
    assert.deepEqual(await bucket.read(), [15 * unit], 'at most the debt');
    fixture.now += SECOND / 2;
    assert.equal(await bucket.consume(), false, 'the debt is paid off');
    fixture.now += SECOND / 10;
    assert.equal(await bucket.admitted(5), 1, 'and then a token passes');
    const plain = fixture.bucket().withLimits(RATE);
    await plain.applyAs({ settle: true }, 100);
    assert.deepEqual(await plain.read(), [10 * unit], 'without a debt, a full bucket');
  },

  'decides limits of several kinds together: all are charged, or none': async (fixture) => {
    const bucket = fixture.bucket().withLimits(RATE, hourly(fixture.now, 12), LEASED);
    assert.equal(await bucket.consume(11), false);
    assert.deepEqual(await bucket.read(), [0, 0, 0], 'the rate refused: no lease is held');
    const leases = (await bucket.apply(1, 1, 1)).map(({ lease }) => lease!);
    assert.equal(await bucket.consume(), false);
    assert.deepEqual(await bucket.read(), [3 * RATE.unitsPerToken, 3, 3], 'the leases refused: no token is gone');
    for (const endLease of leases) await bucket.applyAs({ endLease });
    fixture.now += SECOND;
    assert.equal(await bucket.consume(10), false, 'the quota refuses');
    assert.deepEqual(await bucket.read(), [0, 3, 0]);
    assert.equal(await bucket.consume(9), true);
  },

  'decides every kind as the definition does, on random schedules': async (fixture) => {
    for (let seed = 1; seed <= 12; seed++) await compareWithReference(fixture, seed);
  },
};

async function compareWithReference(fixture: StorageFixture, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const limits = randomLimits(random, fixture.now);
  const bucket = fixture.bucket().withLimits(...limits);
  const reference = new ReferencePolicy(limits, fixture.now);
  const held: { readonly ours: number; readonly theirs: number }[] = [];
  for (let step = 0; step < 60; step++) {
    fixture.now += random(4) === 0 ? random(20 * SECOND) : random(SECOND / 4);
    const cost = 1 + random(4);
    const place = `step ${step} of seed ${seed} under ${JSON.stringify(limits)}`;
    switch (random(6)) {
      case 0:
        await bucket.apply(-cost);
        reference.giveBack(cost, fixture.now);
        break;
      case 1:
        await bucket.applyAs({ settle: true }, cost);
        reference.settle(cost, fixture.now);
        break;
      case 2:
        await endOne(bucket, reference, held, random);
        break;
      default: {
        const [outcome] = await bucket.apply(cost);
        const expected = reference.consume(cost, fixture.now);
        assert.equal(outcome!.allowed, expected !== undefined, place);
        if (expected) held.push({ ours: outcome!.lease!, theirs: expected });
      }
    }
  }
}

async function endOne(
  bucket: FixtureBucket,
  reference: ReferencePolicy,
  held: { readonly ours: number; readonly theirs: number }[],
  random: (below: number) => number,
): Promise<void> {
  const [lease] = held.splice(random(held.length), 1);
  if (lease === undefined) return;
  await bucket.applyAs({ endLease: lease.ours });
  reference.endLease(lease.theirs);
}

function randomLimits(random: (below: number) => number, now: number): readonly BucketLimit[] {
  const block = (): { blockMicros?: number } => (random(3) === 0 ? { blockMicros: (1 + random(10)) * SECOND } : {});
  const rate = bucketLimit({ limit: 1 + random(20), windowMs: 100 + random(2000), burst: 4 + random(20) });
  // So that the period ends within the schedule.
  const start = now - random(100 * SECOND);
  const kinds: readonly BucketLimit[] = [
    { ...rate, maxDebt: random(3) * rate.unitsPerToken, ...block() },
    {
      kind: 'quota',
      unitsPerToken: 1,
      capacity: 10 + random(40),
      boundaries: [start - HOUR, start, start + 120 * SECOND, start + 2 * HOUR],
      ...block(),
    },
    { ...LEASED, leaseMicros: (1 + random(20)) * SECOND },
  ];
  const chosen = kinds.filter(() => random(3) > 0);
  return chosen.length === 0 ? [kinds[random(3)]!] : chosen;
}
