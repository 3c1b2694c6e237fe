import { isOneRate, oneRateOutcomes } from '../../algorithm/one-rate.js';
import type { AppliedCost, ApplyRequest, BucketLimit, RateBucketLimit } from '../../contracts/limiter-storage.js';
import { limitNumbers, type BucketAnswer } from './bucket-call.js';

/** Whether the function `charge` decides it. What an empty bucket has no room for is refused elsewhere. */
export function isCharge(request: ApplyRequest): boolean {
  const [cost] = request.costs;
  if (cost === undefined || cost < 0 || !isOneRate(request)) return false;
  const { unitsPerToken, capacity } = request.limits[0]!;
  return cost * unitsPerToken <= capacity;
}

/** Calls for one bucket that are charged together. */
interface Charge {
  readonly key: string;
  readonly limits: readonly BucketLimit[];
  readonly cost: number;
  times: number;
}

/** One call of buckets that all are {@link isCharge}; those for one bucket go together where their costs are equal. */
export class ChargeCall {
  readonly #charges = new Map<string, Charge>();
  #sorted: readonly Charge[] = [];

  /** @returns whether it goes with the others */
  add({ key, limits, costs }: ApplyRequest): boolean {
    const cost = costs[0]!;
    const known = this.#charges.get(key);
    if (known === undefined) this.#charges.set(key, { key, limits, cost, times: costs.length });
    else if (known.limits !== limits || known.cost !== cost) return false;
    else known.times += costs.length;
    return true;
  }

  get size(): number {
    return this.#charges.size;
  }

  /** What the function reads, but for skew, sweep and clock. After it nothing is added. */
  values(): readonly string[] {
    // As the function locks and answers them.
    this.#sorted = [...this.#charges.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    const places = new Map<readonly BucketLimit[], number>();
    const [keys, rates, rate, cost, times]: [string[], number[], number[], number[], number[]] = [[], [], [], [], []];
    for (const charge of this.#sorted) {
      let place = places.get(charge.limits);
      if (place === undefined) {
        places.set(charge.limits, (place = places.size + 1));
        rates.push(...limitNumbers(charge.limits[0] as RateBucketLimit).slice(0, 4));
      }
      keys.push(charge.key);
      rate.push(place);
      cost.push(charge.cost);
      times.push(charge.times);
    }
    return [keys.join(' '), ...[rates, rate, cost, times].map((numbers) => `{${numbers.join(',')}}`)];
  }

  /** After {@link ChargeCall.values}. @returns the answer for each key, all its costs in one list; nothing where the reply is none of the function */
  decode(reply: unknown): ReadonlyMap<string, BucketAnswer> | undefined {
    if (typeof reply !== 'string') return undefined;
    const [line, rest] = reply.split('\n') as [string, string?];
    const levels = line.split(' ');
    const others = rest === undefined ? [] : (JSON.parse(rest) as BucketAnswer[]);
    const charges = this.#sorted;
    if (levels.length !== charges.length) return undefined;
    const answers = new Map<string, BucketAnswer>();
    for (const [index, { key, limits, cost, times }] of charges.entries()) {
      if (levels[index] === '-') {
        const other = others.shift();
        if (other === undefined) return undefined;
        answers.set(key, other);
        continue;
      }
      const before = Number(levels[index]);
      if (!Number.isSafeInteger(before)) return undefined;
      const outcomes = oneRateOutcomes({ limits, costs: Array<number>(times).fill(cost) }, before);
      answers.set(key, { ahead: 0, answers: [{ levels: [before] }, ...outcomes] });
    }
    return answers;
  }
}

/** Deals the outcomes of each key out to its calls, in order. */
export class Dealer {
  readonly #next = new Map<string, number>();

  constructor(private readonly answers: ReadonlyMap<string, BucketAnswer>) {}

  deal({ key, costs }: ApplyRequest): readonly AppliedCost[] {
    const from = this.#next.get(key) ?? 1;
    this.#next.set(key, from + costs.length);
    return this.answers.get(key)!.answers.slice(from, from + costs.length) as readonly AppliedCost[];
  }
}
