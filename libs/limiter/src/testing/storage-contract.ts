import assert from 'node:assert/strict';
import { ContractViolation, type ContractCheck } from './contract-check.js';
import { seededRandom } from './random.js';
import { ReferenceBucket } from './reference-bucket.js';
import { KIND_CHECKS } from './kind-checks.js';
import { REFUND_CHECKS } from './refund-checks.js';
import { RELEASE_CHECKS } from './release-checks.js';
import { StorageFixture, type StorageHarness } from './storage-fixture.js';
import type { TestLimit } from './test-limit.js';

/**
 * Every promise that a {@link LimiterStorage} makes, for any test runner.
 *
 * @example for (const { name, run } of storageContract({ open: (clock) => [memoryStorage({ clock })] })) it(name, run);
 */
export function storageContract(harness: StorageHarness): readonly ContractCheck[] {
  return Object.entries(CHECKS).map(([name, check]) => ({
    name,
    run: async () => {
      const fixture = await StorageFixture.open(harness, name);
      try {
        await check(fixture);
      } catch (error) {
        // Whatever runs the tests, what was broken is of one class.
        throw error instanceof assert.AssertionError ? new ContractViolation(error.message, { cause: error }) : error;
      } finally {
        await fixture.close();
      }
    },
  }));
}

const SECOND = 1_000_000;
const HOUR = 3600 * SECOND;
const PER_SECOND: TestLimit = { limit: 10, windowMs: 1000, burst: 10 };
const SEVEN: TestLimit = { limit: 7, windowMs: 1000, burst: 7 };

const CHECKS: Record<string, (fixture: StorageFixture) => Promise<void>> = {
  'admits exactly the burst, one after another': async (fixture) => {
    const bucket = fixture.bucket(PER_SECOND);
    const { outcomes } = await inTurn(25, () => bucket.consume());
    assert.deepEqual(
      outcomes,
      Array.from({ length: 25 }, (_, index) => index < 10),
    );
  },

  'admits exactly the burst of many at once on a key that is new': async (fixture) => {
    for (let round = 0; round < 10; round++) assert.equal(await fixture.bucket(PER_SECOND).admitted(40), 10);
  },

  'admits exactly what has drained of many at once on a key that exists': async (fixture) => {
    const bucket = fixture.bucket(PER_SECOND);
    assert.equal(await bucket.admitted(20), 10);
    fixture.now += SECOND / 2;
    assert.equal(await bucket.admitted(20), 5);
  },

  'admits 7 of 7 per second, and the next at the very microsecond': async (fixture) => {
    const bucket = fixture.bucket(SEVEN);
    assert.equal(await bucket.admitted(20), 7);
    fixture.now += Math.ceil(SECOND / 7) - 1;
    assert.equal(await bucket.consume(), false, 'one microsecond early');
    fixture.now += 1;
    assert.equal(await bucket.consume(), true, 'on time');
    assert.equal(await bucket.consume(), false, 'and only one');
  },

  'admits in any second of a steady flood no more than has drained': async (fixture) => {
    const bucket = fixture.bucket({ limit: 700, windowMs: 1000, burst: 1 });
    const { admitted } = await inTurn(2001, async () => {
      const allowed = await bucket.consume();
      fixture.now += 1000;
      return allowed;
    });
    // 2 s at 700/s in steps of 1 ms: every second step, as a token drains in 1.43 ms.
    assert.equal(admitted, 1001);
  },

  'decides as exact rationals do, on schedules with jumps of the clock and several limits': async (fixture) => {
    for (let seed = 1; seed <= 20; seed++) await compareWithReference(fixture, seed);
  },

  'does not drain while the clock runs backwards': async (fixture) => {
    const bucket = fixture.bucket(PER_SECOND);
    assert.equal(await bucket.admitted(10), 10);
    fixture.now -= HOUR;
    assert.equal(await bucket.admitted(10), 0, 'an hour earlier');
    fixture.now += HOUR;
    assert.equal(await bucket.admitted(10), 0, 'back at the same moment');
    fixture.now += SECOND / 10;
    assert.equal(await bucket.admitted(10), 1, 'a tenth of a second later');
  },

  'counts drained time once when the clock jumps back and comes again': async (fixture) => {
    const bucket = fixture.bucket(PER_SECOND);
    assert.equal(await bucket.admitted(10), 10);
    fixture.now += SECOND / 2;
    assert.equal(await bucket.admitted(1), 1);
    fixture.now -= SECOND / 2;
    assert.equal(await bucket.admitted(10), 4, 'what had drained already');
    fixture.now += SECOND / 2;
    assert.equal(await bucket.admitted(10), 0, 'drained time is not given twice');
  },

  'decides a list of costs in order, each by what is left': async (fixture) => {
    const outcomes = await fixture.bucket(PER_SECOND).apply(6, 5, 4, 1);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.allowed),
      [true, false, true, false],
    );
    const unit = fixture.bucket(PER_SECOND).limits[0]!.unitsPerToken;
    assert.deepEqual(
      outcomes.map((outcome) => outcome.levels),
      [[6 * unit], [6 * unit], [10 * unit], [10 * unit]],
    );
  },

  'charges all limits of a bucket or none': async (fixture) => {
    const bucket = fixture.bucket(PER_SECOND, { limit: 15, windowMs: 3_600_000, burst: 15 });
    assert.equal(await bucket.admitted(20), 10);
    fixture.now += SECOND;
    assert.equal(await bucket.admitted(20), 5, 'held by the second limit');
    assert.equal(
      (await bucket.read())[0],
      5 * bucket.limits[0]!.unitsPerToken,
      'refusals were not charged to the first',
    );
  },

  'charges nothing for a refusal': async (fixture) => {
    const bucket = fixture.bucket(PER_SECOND);
    assert.equal(await bucket.consume(6), true);
    for (let attempt = 0; attempt < 10; attempt++) assert.equal(await bucket.consume(5), false);
    assert.equal(await bucket.consume(4), true, 'what was left is left');
    assert.equal(await bucket.admitted(100), 0);
    fixture.now += SECOND / 2;
    assert.equal(await bucket.consume(6), false);
    fixture.now += SECOND / 2;
    assert.equal(await bucket.admitted(100), 10, 'a refusal does not delay draining');
  },

  'reads levels without charging': async (fixture) => {
    const bucket = fixture.bucket(PER_SECOND);
    assert.deepEqual(await bucket.read(), [0], 'nothing stored');
    await bucket.apply(4);
    fixture.now += SECOND / 10;
    const unit = bucket.limits[0]!.unitsPerToken;
    assert.deepEqual(await bucket.read(), [3 * unit]);
    assert.deepEqual(await bucket.read(), [3 * unit]);
    assert.equal(await bucket.admitted(20), 7);
  },

  'forgets a bucket that is deleted, and no other': async (fixture) => {
    const [deleted, kept] = [fixture.bucket(PER_SECOND), fixture.bucket(PER_SECOND)];
    assert.equal(await deleted.admitted(10), 10);
    assert.equal(await kept.admitted(10), 10);
    await deleted.delete();
    assert.equal(await deleted.admitted(20), 10);
    assert.equal(await kept.admitted(20), 0);
    await fixture.bucket(PER_SECOND).delete();
  },

  'keeps a bucket until its last unit has drained': async (fixture) => {
    const slow: TestLimit = { limit: 1, windowMs: 3_600_000, burst: 3 };
    const bucket = fixture.bucket(slow);
    assert.equal(await bucket.admitted(3), 3);
    fixture.now += 3 * HOUR - 1;
    assert.equal(await bucket.consume(3), false, 'one microsecond early');
    assert.deepEqual(await bucket.read(), [1]);
    fixture.now += 1;
    assert.equal(await bucket.consume(3), true, 'on time');
  },

  'keeps a bucket of less than a second until it has drained': async (fixture) => {
    const bucket = fixture.bucket({ limit: 1000, windowMs: 1000, burst: 1500 });
    assert.equal(await bucket.consume(1500), true);
    fixture.now += 1_499_999;
    assert.equal(await bucket.consume(1500), false);
    fixture.now += 1;
    assert.equal(await bucket.consume(1500), true);
  },

  'keeps the tokens in use when the limit is raised': async (fixture) => {
    const bucket = fixture.bucket(PER_SECOND);
    assert.equal(await bucket.consume(6), true);
    assert.equal(await bucket.under({ limit: 25, windowMs: 1000, burst: 25 }).admitted(100), 19);
  },

  'keeps what is above the bucket when the limit is lowered, and drains by the new one from its first token on': async (
    fixture,
  ) => {
    const bucket = fixture.bucket({ limit: 100, windowMs: 1000, burst: 100 });
    assert.equal(await bucket.consume(80), true);
    const lowered = bucket.under(PER_SECOND);
    assert.equal(await lowered.admitted(10), 0);
    fixture.now += 0.75 * SECOND;
    assert.equal(await lowered.admitted(10), 5, '75 of the 80 have drained, and the bucket holds 10');
    fixture.now += SECOND / 10;
    assert.equal(await lowered.admitted(10), 1);
  },

  'rounds up when levels are converted': async (fixture) => {
    const bucket = fixture.bucket(SEVEN);
    await bucket.apply(1);
    fixture.now += 1;
    await bucket.apply(1);
    // 1.999993 tokens are in use: 1999.993 units of the new policy, which has 1000 in a token.
    assert.deepEqual(await bucket.under({ limit: 11, windowMs: 1, burst: 11 }).read(), [2000]);
  },

  'is exact where the capacity is close to 2^53': async (fixture) => {
    const huge: TestLimit = { limit: 1, windowMs: 86_400_000, burst: 104_249 };
    const bucket = fixture.bucket(huge);
    assert.equal(await bucket.consume(104_249), true);
    assert.equal(await bucket.consume(), false);
    fixture.now += 24 * HOUR - 1;
    assert.equal(await bucket.consume(), false);
    fixture.now += 1;
    assert.equal(await bucket.consume(), true);
  },

  'counts in milliseconds where the limit does': async (fixture) => {
    const bucket = fixture.bucket({ limit: 1, windowMs: 10, burst: 1, tickMicros: 1000 });
    assert.equal(await bucket.consume(), true);
    fixture.now += 9999;
    assert.equal(await bucket.consume(), false);
    fixture.now += 1;
    assert.equal(await bucket.consume(), true);
  },

  ...REFUND_CHECKS,
  ...KIND_CHECKS,
  ...RELEASE_CHECKS,
};

async function compareWithReference(fixture: StorageFixture, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const limits = Array.from({ length: 1 + random(3) }, (): TestLimit => ({
    limit: 1 + random(50),
    windowMs: 1 + random(2000),
    burst: 1 + random(40),
  }));
  const bucket = fixture.bucket(...limits);
  const reference = new ReferenceBucket(limits);
  const maxCost = Math.min(...limits.map((limit) => limit.burst));
  for (let step = 0; step < 60; step++) {
    fixture.now += random(10) === 0 ? -random(500_000) : random(200_000);
    const costs = Array.from({ length: 1 + random(4) }, () => 1 + random(maxCost));
    const expected = costs.map((cost) => reference.consume(cost, fixture.now));
    const actual = (await bucket.apply(...costs)).map((outcome) => outcome.allowed);
    assert.deepEqual(
      actual,
      expected,
      `step ${step} of seed ${seed}: costs ${costs.join(', ')} of ${JSON.stringify(limits)}`,
    );
  }
}

async function inTurn(
  times: number,
  attempt: () => Promise<boolean>,
): Promise<{ outcomes: boolean[]; admitted: number }> {
  const outcomes: boolean[] = [];
  for (let index = 0; index < times; index++) outcomes.push(await attempt());
  return { outcomes, admitted: outcomes.filter(Boolean).length };
}
