import assert from 'node:assert/strict';
import { seededRandom } from './random.js';
import type { StorageFixture } from './storage-fixture.js';
import type { TestLimit } from './test-limit.js';

/** What was admitted, and when. */
interface Admission {
  readonly at: number;
  readonly tokens: number;
}

const STEPS = 200;

/** Several releases, each with a policy of its own, on one bucket. */
export const RELEASE_CHECKS: Record<string, (fixture: StorageFixture) => Promise<void>> = {
  'admits, of releases beside each other, the larger of both: 100 in 10 s beside 10 in 1 s': async (fixture) => {
    const [old, fresh] = [
      { limit: 100, windowMs: 10_000, burst: 100 },
      { limit: 10, windowMs: 1000, burst: 10 },
    ];
    await flood(fixture, [[old], [fresh]], () => 50_000, 'L1');
  },

  'admits no more than the largest of the releases in any window, whatever their policies': async (fixture) => {
    for (let seed = 1; seed <= 8; seed++) {
      const random = seededRandom(seed);
      const releases = Array.from({ length: 2 + random(2) }, () => randomPolicy(random));
      const fastest = Math.max(...releases.flat().map(({ limit, windowMs }) => limit / windowMs));
      // So often that no bucket is ever empty: an empty one is forgotten, and starts anew.
      await flood(fixture, releases, () => 1 + random(Math.floor(500 / fastest)), `seed ${seed}`, random);
    }
  },

  'keeps what another release counts, and goes on draining it': async (fixture) => {
    const hourly = fixture.bucket({ limit: 3600, windowMs: 3_600_000, burst: 100 });
    const secondly = hourly.under({ limit: 5, windowMs: 1000, burst: 100 });
    await hourly.apply(40);
    await secondly.apply(20);
    fixture.now += 10_000_000;
    assert.deepEqual(await hourly.read(), [50 * hourly.limits[0]!.unitsPerToken]);
    assert.deepEqual(await secondly.read(), [10 * secondly.limits[0]!.unitsPerToken]);
    await secondly.apply(-5);
    assert.deepEqual(await hourly.read(), [45 * hourly.limits[0]!.unitsPerToken], 'what is given back is so to both');
  },
};

/** Consumes as fast as anyone lets it, by each release in turn of chance, and judges every window. */
async function flood(
  fixture: StorageFixture,
  releases: readonly (readonly TestLimit[])[],
  pause: () => number,
  name: string,
  random = seededRandom(7),
): Promise<void> {
  const first = fixture.bucket(...releases[0]!);
  const buckets = releases.map((limits) => first.under(...limits));
  const admissions: Admission[] = [];
  for (let step = 0; step < STEPS; step++) {
    fixture.now += pause();
    const bucket = buckets[random(buckets.length)]!;
    const tries = 1 + random(4);
    const outcomes = await bucket.apply(...Array<number>(tries).fill(1));
    admissions.push({ at: fixture.now, tokens: outcomes.filter(({ allowed }) => allowed).length });
  }
  assert.ok(admissions.some(({ tokens }) => tokens > 0));
  judge(admissions, releases, name);
}

/** By the definition of a limit alone: in a window no more than the burst, and what drains in it. All of it below 2^53. */
function judge(admissions: readonly Admission[], releases: readonly (readonly TestLimit[])[], name: string): void {
  // No window is as full as one that begins and ends with something admitted.
  const admitted = admissions.filter(({ tokens }) => tokens > 0);
  for (const [first, { at: from }] of admitted.entries()) {
    let total = 0;
    for (const { at, tokens } of admitted.slice(first)) {
      total += tokens;
      const kept = releases.some((limits) => limits.every((limit) => isWithin(limit, total, at - from)));
      if (!kept) assert.fail(`${name}: ${total} tokens in ${at - from} us, under ${JSON.stringify(releases)}`);
    }
  }
}

function isWithin({ burst, limit, windowMs }: TestLimit, tokens: number, micros: number): boolean {
  return (tokens - burst) * windowMs * 1000 <= limit * micros;
}

function randomPolicy(random: (below: number) => number): readonly TestLimit[] {
  return Array.from({ length: 1 + random(2) }, () => ({
    limit: 1 + random(20),
    windowMs: 100 * (1 + random(30)),
    burst: 2 + random(20),
  }));
}
