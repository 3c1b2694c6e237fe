import { chargeAll } from '../../algorithm/leaky-bucket.js';
import type { AppliedCost, ApplyRequest, BucketLimit, BucketRequest } from '../../contracts/limiter-storage.js';

/** Costs of one bucket, as the script reads and answers them: equal ones that follow each other are one run. */
interface Run {
  readonly cost: number;
  times: number;
}

/** What the script answers for one bucket. */
export interface BucketAnswer {
  /** Before the first cost. */
  readonly levels: readonly number[];
  /** One per cost. */
  readonly outcomes: readonly AppliedCost[];
}

export type CallRequest = Pick<BucketRequest, 'key' | 'limits'> & Pick<ApplyRequest, 'costs'>;

/** One call of `APPLY_LUA`: what to send, and what the reply means. */
export class ApplyCall {
  readonly keys: readonly string[];
  /** ARGV of the script. */
  readonly numbers: readonly number[];
  readonly #runs: readonly (readonly Run[])[];

  constructor(
    private readonly requests: readonly CallRequest[],
    private readonly together = false,
  ) {
    this.keys = requests.map(({ key }) => key);
    this.#runs = requests.map(({ costs }) => runsOf(costs));
    this.numbers = this.#encode();
  }

  /** @returns one answer for each bucket, `undefined` where it holds no bucket; nothing at all where the reply is none of the script */
  decode(reply: unknown): readonly (BucketAnswer | undefined)[] | undefined {
    if (!Array.isArray(reply)) return undefined;
    const answers: (BucketAnswer | undefined)[] = [];
    let at = 0;
    for (let index = 0; index < this.requests.length && at < reply.length; index++) {
      const { limits } = this.requests[index]!;
      const runs = this.#runs[index]!;
      if (reply[at] === null) {
        at++;
        answers.push(undefined);
        continue;
      }
      const levels = reply.slice(at, (at += limits.length)).map(Number);
      const admitted = reply.slice(at, (at += runs.length)).map(Number);
      if (admitted.length !== runs.length || ![...levels, ...admitted].every(Number.isSafeInteger)) return undefined;
      answers.push({ levels, outcomes: outcomesOf(limits, levels, runs, admitted) });
    }
    const complete =
      answers.length === this.requests.length || (this.together && answers.at(-1)?.outcomes[0]?.allowed === false);
    return complete && at === reply.length ? answers : undefined;
  }

  #encode(): readonly number[] {
    const places = new Map<readonly BucketLimit[], number>();
    for (const { limits } of this.requests) if (!places.has(limits)) places.set(limits, places.size + 1);
    const numbers = [this.together ? 1 : 0, places.size];
    for (const limits of places.keys()) {
      numbers.push(limits.length);
      for (const { drainPerTick, unitsPerToken, capacity, tickMicros } of limits)
        numbers.push(drainPerTick, unitsPerToken, capacity, tickMicros);
    }
    for (let index = 0; index < this.requests.length; index++) {
      const runs = this.#runs[index]!;
      numbers.push(places.get(this.requests[index]!.limits)!, runs.length);
      for (const { cost, times } of runs) numbers.push(cost, times);
    }
    return numbers;
  }
}

function runsOf(costs: readonly number[]): Run[] {
  const runs: Run[] = [];
  let last: Run | undefined;
  for (const cost of costs) {
    if (last?.cost === cost) last.times++;
    else runs.push((last = { cost, times: 1 }));
  }
  return runs;
}

function outcomesOf(
  limits: readonly BucketLimit[],
  before: readonly number[],
  runs: readonly Run[],
  admitted: readonly number[],
): AppliedCost[] {
  const outcomes: AppliedCost[] = [];
  let levels = before;
  runs.forEach(({ cost, times }, index) => {
    for (let time = 0; time < times; time++) {
      const allowed = time < admitted[index]!;
      if (allowed) levels = chargeAll(limits, levels, cost);
      outcomes.push({ allowed, levels });
    }
  });
  return outcomes;
}
