import assert from 'node:assert/strict';
import { expectContract } from './contract-check.js';
import type { StorageFixture } from './storage-fixture.js';
import type { TestLimit } from './test-limit.js';

const PER_SECOND: TestLimit = { limit: 10, windowMs: 1000, burst: 10 };

/** What gives tokens back, and what is charged after the fact. */
export const REFUND_CHECKS: Record<string, (fixture: StorageFixture) => Promise<void>> = {
  'gives tokens back to every limit, whole and once': async (fixture) => {
    const bucket = fixture.bucket(PER_SECOND, { limit: 15, windowMs: 3_600_000, burst: 15 });
    await bucket.apply(10);
    assert.equal(await bucket.consume(-4), true, 'giving back is always allowed');
    const [first, second] = bucket.limits.map((limit) => 6 * limit.unitsPerToken);
    assert.deepEqual(await bucket.read(), [first, second]);
    assert.equal(await bucket.admitted(20), 4);
  },

  'gives back no more than the bucket holds': async (fixture) => {
    const bucket = fixture.bucket(PER_SECOND);
    const unit = bucket.limits[0]!.unitsPerToken;
    const outcomes = await bucket.apply(3, -8, 4);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.levels),
      [[3 * unit], [0], [4 * unit]],
    );
    assert.equal(await bucket.consume(-100), true);
    assert.deepEqual(await bucket.read(), [0]);
    assert.equal(await bucket.admitted(20), 10, 'and never above the burst');
    assert.equal(await fixture.bucket(PER_SECOND).consume(-1), true, 'nothing stored');
  },

  'loses no refund among charges that are made at once': async (fixture) => {
    const bucket = fixture.bucket({ limit: 1, windowMs: 3_600_000, burst: 100 });
    await bucket.apply(20);
    await Promise.all(Array.from({ length: 20 }, (_, index) => bucket.consume(index % 2 === 0 ? -2 : 1)));
    assert.deepEqual(await bucket.read(), [10 * bucket.limits[0]!.unitsPerToken]);
  },

  'charges several buckets or none, where it claims that': async (fixture) => {
    const { storage } = fixture;
    const combines = 'applyAll' in storage;
    const { multiKeyAtomic } = storage.capabilities;
    expectContract(combines === multiKeyAtomic, 'applyAll is there where multiKeyAtomic is true, and nowhere else');
    if (!combines) return;
    const [wide, narrow] = [fixture.bucket(PER_SECOND), fixture.bucket({ limit: 3, windowMs: 1000, burst: 3 })];
    const rounds = await Promise.all(Array.from({ length: 8 }, () => fixture.applyAll([wide, narrow], 1)));
    assert.equal(rounds.filter((outcomes) => outcomes.every((outcome) => outcome.allowed)).length, 3);
    assert.deepEqual(
      await wide.read(),
      [3 * wide.limits[0]!.unitsPerToken],
      'a refusal by the second charged nothing to the first',
    );
    const [first, second] = rounds.at(-1)!;
    assert.deepEqual([first?.allowed, second?.allowed], [true, false]);
    assert.deepEqual(first?.levels, await wide.read(), 'levels are those at the end of the step');
    assert.deepEqual(
      (await fixture.applyAll([narrow, wide], 1)).map((outcome) => outcome.allowed),
      [false],
      'up to the first that refuses',
    );
    const doubled = fixture.bucket({ limit: 3, windowMs: 1000, burst: 3 });
    assert.deepEqual(
      (await fixture.applyAll([doubled, doubled], 2)).map((outcome) => outcome.allowed),
      [true, false],
      'one bucket twice',
    );
    assert.deepEqual(await doubled.read(), [0]);
  },
};
