import { oneRateOutcomes } from '../../algorithm/one-rate.js';
import type { BucketLimit, RateBucketLimit } from '../../contracts/limiter-storage.js';
import { ApplyCall, type BucketAnswer, type CallRequest, type ScriptCall } from './apply-call.js';

/** One call of buckets that all are `isOneRate`: of each the level before its costs is all that is answered. */
export class OneRateCall implements ScriptCall {
  readonly keys: readonly string[];
  readonly numbers: readonly (string | number)[];

  constructor(
    private readonly requests: readonly CallRequest[],
    maxSkewMicros: number,
  ) {
    this.keys = requests.map(({ key }) => key);
    this.numbers = encode(requests, maxSkewMicros);
  }

  decode(reply: unknown): readonly (BucketAnswer | undefined)[] | undefined {
    const { requests } = this;
    if (!Array.isArray(reply) || reply.length < requests.length) return undefined;
    const answers: (BucketAnswer | undefined)[] = [];
    const due: number[] = [];
    for (let index = 0; index < requests.length; index++) {
      if (reply[index] === null) {
        due.push(index);
        answers.push(undefined);
        continue;
      }
      // Large ones come as text.
      const level = Number(reply[index]);
      if (!Number.isSafeInteger(level)) return undefined;
      const request = requests[index]!;
      answers.push({ aheadMicros: 0, reading: { levels: [level] }, outcomes: oneRateOutcomes(request, level) });
    }
    const rest = reply.slice(requests.length);
    if (due.length === 0) return rest.length === 0 ? answers : undefined;
    const others = new ApplyCall(due.map((index) => requests[index]!)).decode(rest);
    if (others === undefined) return undefined;
    due.forEach((place, index) => (answers[place] = others[index]));
    return answers;
  }
}

function encode(requests: readonly CallRequest[], maxSkewMicros: number): readonly (string | number)[] {
  const places = new Map<readonly BucketLimit[], number>();
  const [first] = requests;
  let alike = true;
  for (const { limits, costs } of requests) {
    if (!places.has(limits)) places.set(limits, places.size + 1);
    alike &&= costs.length === first!.costs.length && costs[0] === first!.costs[0];
  }
  alike &&= places.size === 1;
  const numbers: (string | number)[] = ['rate', maxSkewMicros, places.size];
  for (const [limit] of places.keys()) {
    const { tickMicros, drainPerTick, unitsPerToken, capacity } = limit as RateBucketLimit;
    numbers.push(tickMicros, drainPerTick, unitsPerToken, capacity);
  }
  numbers.push(alike ? 1 : 0);
  if (alike) numbers.push(first!.costs[0]!, first!.costs.length);
  else for (const { limits, costs } of requests) numbers.push(places.get(limits)!, costs[0]!, costs.length);
  return numbers;
}
