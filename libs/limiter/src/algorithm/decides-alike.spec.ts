import type { Clock } from '../contracts/clock.js';
import type { AppliedCost, ApplyRequest, BucketRequest, LimiterStorage } from '../contracts/limiter-storage.js';
import { storageContract } from '../testing/storage-contract.js';
import { emptyAt, healed } from './bucket-state.js';
import { BucketTable } from './bucket-table.js';
import { applyRequest, readingAt } from './leaky-bucket.js';
import { isOneRate, oneRateOutcomes } from './one-rate.js';
import { fromNumbers, toNumbers } from './state-numbers.js';

/** What the contract of storages promises, of each way in which this folder decides. */
const overTable = (clock: Clock): LimiterStorage => {
  const table = new BucketTable(10_000);
  return {
    name: 'table',
    capabilities: { serverClock: true, multiKeyAtomic: true },
    apply: (request) => table.apply(request, clock()),
    applyAll: (requests) => table.applyAll(requests, clock()),
    read: (request) => table.read(request, clock()),
    delete: (request) => table.delete(request),
  };
};

/** Keeps states as numbers exactly until they expire; heals those of the future; answers one rate by its shorter way. */
const overNumbers = (clock: Clock): LimiterStorage => {
  const kept = new Map<string, { readonly numbers: readonly number[]; readonly until: number }>();
  const load = (key: string, now: number) => {
    const found = kept.get(key);
    const state = found && found.until > now ? fromNumbers(found.numbers) : undefined;
    return state && state.updatedAt - now > 86_400_000_000 ? healed(state, now) : state;
  };
  return {
    name: 'numbers',
    capabilities: { serverClock: true, multiKeyAtomic: false },
    apply: (request: ApplyRequest): readonly AppliedCost[] => {
      const now = clock();
      const state = load(request.key, now);
      const { outcomes, next } = applyRequest(state, request, now);
      if (next !== undefined) kept.set(request.key, { numbers: toNumbers(next), until: emptyAt(next) });
      if (!isOneRate(request)) return outcomes;
      return oneRateOutcomes(request, readingAt(state, request.limits, now).levels[0]!);
    },
    read: ({ key, limits }: BucketRequest) => readingAt(load(key, clock()), limits, clock()),
    delete: ({ key }) => void kept.delete(key),
  };
};

/** A second for each way: the tests of the storages themselves have it. */
const SLOW = 'admits no more than the largest of the releases in any window, whatever their policies';

describe.each([
  ['the table', overTable],
  ['states as numbers', overNumbers],
])('storage contract: %s', (_, open) => {
  const checks = storageContract({ open: (clock) => [open(clock)] });
  for (const { name, run } of checks.filter((check) => check.name !== SLOW)) it(name, run);
});
