import { chargeAll, isPlain } from '../../algorithm/room.js';
import type {
  AppliedCost,
  ApplyRequest,
  BucketLimit,
  BucketReading,
  BucketRequest,
} from '../../contracts/limiter-storage.js';
import { ReplyReader } from './reply-reader.js';

/** Costs of one bucket, as the script reads and answers them: equal ones that follow each other are one run. */
interface Run {
  readonly cost: number;
  times: number;
}

/** What the script answers for one bucket. */
export interface BucketAnswer {
  /** How far it was ahead of the server's clock, in microseconds, where it was healed; else 0. */
  readonly aheadMicros: number;
  /** Before the first cost. */
  readonly reading: BucketReading;
  /** One per cost. */
  readonly outcomes: readonly AppliedCost[];
}

export type CallRequest = Pick<BucketRequest, 'key' | 'limits'> & Pick<ApplyRequest, 'costs' | 'settle' | 'endLease'>;

/** What to send to `APPLY_LUA`, and what the reply means. */
export interface ScriptCall {
  readonly keys: readonly string[];
  /** ARGV of the script. */
  readonly numbers: readonly (string | number)[];
  /** @returns one answer for each bucket, `undefined` where it holds no bucket; nothing at all where the reply is none of the script */
  decode(reply: unknown): readonly (BucketAnswer | undefined)[] | undefined;
}

/** One call of any buckets. */
export class ApplyCall implements ScriptCall {
  readonly keys: readonly string[];
  readonly numbers: readonly (string | number)[];
  readonly #runs: readonly (readonly Run[])[];

  constructor(
    private readonly requests: readonly CallRequest[],
    private readonly together = false,
    maxSkewMicros = 1_000_000,
  ) {
    this.keys = requests.map(({ key }) => key);
    this.#runs = requests.map((request) => runsOf(request.costs, isAnsweredWhole(request)));
    this.numbers = this.#encode(maxSkewMicros);
  }

  decode(reply: unknown): readonly (BucketAnswer | undefined)[] | undefined {
    if (!Array.isArray(reply)) return undefined;
    const reader = new ReplyReader(reply);
    const answers: (BucketAnswer | undefined)[] = [];
    for (let index = 0; index < this.requests.length && !reader.isAtEnd; index++)
      answers.push(reader.skipNil() ? undefined : this.#answer(reader, index));
    const complete =
      answers.length === this.requests.length || (this.together && answers.at(-1)?.outcomes[0]?.allowed === false);
    return complete && reader.isAtEnd && reader.isValid ? answers : undefined;
  }

  #answer(reader: ReplyReader, index: number): BucketAnswer {
    const { limits, ...request } = this.requests[index]!;
    const runs = this.#runs[index]!;
    const aheadMicros = reader.next();
    if (!isAnsweredWhole({ limits, ...request })) {
      const levels = reader.take(limits.length);
      return { aheadMicros, reading: { levels }, outcomes: outcomesOf(limits, levels, runs, reader.take(runs.length)) };
    }
    const reading = reader.reading(limits);
    const outcomes = runs.map((): AppliedCost => {
      const [allowed, lease] = reader.take(2);
      return { allowed: allowed === 1, ...reader.reading(limits), ...(lease === 0 ? {} : { lease: lease! }) };
    });
    return { aheadMicros, reading, outcomes };
  }

  #encode(maxSkewMicros: number): readonly (string | number)[] {
    const places = new Map<readonly BucketLimit[], number>();
    for (const { limits } of this.requests) if (!places.has(limits)) places.set(limits, places.size + 1);
    const numbers: (string | number)[] = [this.together ? 'together' : 'each', maxSkewMicros, places.size];
    for (const limits of places.keys()) {
      numbers.push(limits.length);
      for (const limit of limits) numbers.push(...limitNumbers(limit));
    }
    this.requests.forEach(({ limits, settle, endLease }, index) => {
      const runs = this.#runs[index]!;
      numbers.push(places.get(limits)!, settle === true ? 1 : 0, endLease ?? 0, runs.length);
      for (const { cost, times } of runs) numbers.push(cost, times);
    });
    return numbers;
  }
}

/** Only the level of a plain limit follows from how many passed. */
function isAnsweredWhole({ limits, settle }: Omit<CallRequest, 'key' | 'costs'>): boolean {
  return settle === true || !isPlain(limits);
}

function limitNumbers(limit: BucketLimit): readonly number[] {
  const { capacity, blockMicros = 0 } = limit;
  if (limit.kind === 'quota') return [3, capacity, blockMicros, ...limit.boundaries];
  if (limit.kind === 'concurrency') return [4, capacity, limit.leaseMicros];
  const { drainPerTick, unitsPerToken, tickMicros, maxDebt = 0 } = limit;
  return [tickMicros === 1 ? 1 : 2, drainPerTick, unitsPerToken, capacity, maxDebt, blockMicros];
}

function runsOf(costs: readonly number[], eachAlone: boolean): Run[] {
  const runs: Run[] = [];
  let last: Run | undefined;
  for (const cost of costs) {
    if (!eachAlone && last?.cost === cost) last.times++;
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
