import type { AppliedCost } from '../contracts/limiter-storage.js';
import type { CostRequest } from './leaky-bucket.js';
import { chargeUnits, isPlain } from './room.js';

/** Whether it is what nearly all are, for which storages have a shorter way: one plain rate, and equal costs. */
export function isOneRate({ limits, costs, settle, endLease }: CostRequest): boolean {
  if (limits.length !== 1 || settle === true || endLease !== undefined || !isPlain(limits)) return false;
  const [first] = costs;
  return first !== undefined && costs.every((cost) => cost === first);
}

/** What a storage has charged follows from the level before by the same arithmetic: one answer for each cost. */
export function oneRateOutcomes({ limits, costs }: CostRequest, before: number): readonly AppliedCost[] {
  const { unitsPerToken, capacity } = limits[0]!;
  const outcomes: AppliedCost[] = [];
  let level = before;
  let levels: readonly number[] = [before];
  for (let index = 0; index < costs.length; index++) {
    const cost = costs[index]!;
    const allowed = cost < 0 || cost * unitsPerToken <= capacity - level;
    if (allowed) {
      level = chargeUnits(unitsPerToken, level, cost);
      levels = [level];
    }
    outcomes.push({ allowed, levels });
  }
  return outcomes;
}
