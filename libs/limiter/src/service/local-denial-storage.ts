import { fitsAll, isPlain } from '../algorithm/room.js';
import type { Clock } from '../contracts/clock.js';
import { CLOCK_RULE, monotonicClock } from '../support/monotonic-clock.js';
import type {
  AnswerListener,
  AppliedCost,
  ApplyRequest,
  BucketLimit,
  BucketReading,
  BucketRequest,
  LimiterStorage,
  RateBucketLimit,
  StorageCapabilities,
} from '../contracts/limiter-storage.js';
import type { MaybePromise } from '../contracts/maybe-promise.js';
import { answerTo } from '../support/apply-to.js';
import { isPromiseLike } from '../support/deadline.js';
import { isStorage, STORAGE_RULE } from '../support/is-storage.js';
import { COUNT_RULE, isWhole } from '../support/is-whole.js';
import { resolveOptions } from '../support/resolve-options.js';
import { freeTokens, highestLevel, lowestLevel, type KnownLevels } from './known-levels.js';

export interface LocalDenialOptions {
  /** Never jumps, unlike the time of day. Default: the monotonic clock of the process. */
  readonly clock?: Clock;
  /** How long an answer counts, in milliseconds: so long may a process overlook that another gave tokens back or raised the limit. Default 1000. */
  readonly maxAgeMs?: number;
  /** Keys remembered at most; the one that was answered first goes first. Default 10,000. */
  readonly maxKeys?: number;
}

const LOCAL_DENIAL_DEFAULTS: Readonly<Required<LocalDenialOptions>> = Object.freeze({
  clock: monotonicClock,
  maxAgeMs: 1000,
  maxKeys: 10_000,
});

/**
 * Refuses without a call where the last answer proves that the storage would refuse: since it was sent for, the level can
 * have fallen by no more than the leak. So no request is refused that would have passed, and a flood costs no network.
 * A storage that answers at once is left alone.
 *
 * @throws {@link LimiterOptionError}
 * @example withCoalescing(withLocalDenial(redisStorage(redis), { maxAgeMs: 1000 }))
 */
export function withLocalDenial(storage: LimiterStorage, options: LocalDenialOptions = {}): LimiterStorage {
  const resolved = resolveOptions(
    'withLocalDenial',
    options,
    LOCAL_DENIAL_DEFAULTS,
    ({ clock, maxAgeMs, maxKeys }, problems) => {
      problems.check(isStorage(storage), 'withLocalDenial.storage', storage, STORAGE_RULE);
      problems.check(typeof clock === 'function', 'withLocalDenial.clock', clock, CLOCK_RULE);
      problems.check(
        isWhole(maxAgeMs, 0),
        'withLocalDenial.maxAgeMs',
        maxAgeMs,
        'must be whole milliseconds, 0 or more',
      );
      problems.check(isWhole(maxKeys, 1), 'withLocalDenial.maxKeys', maxKeys, COUNT_RULE);
    },
  );
  return new LocalDenialStorage(storage, resolved);
}

/** A bucket that has room for so many of the costs just charged is not remembered. */
const ROOM_FOR_COSTS = 16;

/** Tokens came back at `sentAt`: answers to what was sent before are void. */
interface Voided {
  readonly kind: 'voided';
  readonly sentAt: number;
}

class LocalDenialStorage implements LimiterStorage {
  readonly name: string;
  readonly capabilities: StorageCapabilities;
  declare readonly applyAll?: LimiterStorage['applyAll'];
  declare readonly applyTo?: LimiterStorage['applyTo'];
  /** In the order in which they were last learned. */
  readonly #known = new Map<string, KnownLevels | Voided>();

  constructor(
    private readonly storage: LimiterStorage,
    private readonly options: Required<LocalDenialOptions>,
  ) {
    this.name = storage.name;
    this.capabilities = storage.capabilities;
    if (storage.applyAll !== undefined) this.applyAll = (requests) => this.#applyAll(storage, requests);
    const send = storage.applyTo?.bind(storage);
    if (send !== undefined) this.applyTo = (request, listener) => this.#applyTo(send, request, listener);
  }

  applyNow(request: ApplyRequest): readonly AppliedCost[] | undefined {
    return this.storage.applyNow?.(request) ?? this.#deny(request);
  }

  apply(request: ApplyRequest): MaybePromise<readonly AppliedCost[]> {
    return this.applyNow(request) ?? this.#ask(request);
  }

  #applyTo(send: NonNullable<LimiterStorage['applyTo']>, request: ApplyRequest, listener: AnswerListener): void {
    const now = this.applyNow(request);
    if (now !== undefined) return listener.succeed(now);
    const { limits } = request;
    if (!isLearnable(request, limits)) return answerTo(listener, () => this.#ask(request));
    const sentAt = this.options.clock();
    send(request, {
      succeed: (outcomes) => {
        this.#learnFrom(request, limits, outcomes, sentAt);
        listener.succeed(outcomes);
      },
      fail: (error) => listener.fail(error),
    });
  }

  #ask(request: ApplyRequest): MaybePromise<readonly AppliedCost[]> {
    const { limits } = request;
    // What is given back may let others pass.
    if (isRefund(request)) return this.#voiding(request.key, () => this.storage.apply(request));
    if (!isLearnable(request, limits)) return this.storage.apply(request);
    const sentAt = this.options.clock();
    const answer = this.storage.apply(request);
    if (!isPromiseLike(answer)) return answer;
    return answer.then((outcomes) => {
      this.#learnFrom(request, limits, outcomes, sentAt);
      return outcomes;
    });
  }

  #applyAll(storage: LimiterStorage, requests: readonly ApplyRequest[]): MaybePromise<readonly AppliedCost[]> {
    if (requests.some(({ limits }) => !isPlain(limits))) return storage.applyAll!(requests);
    const denied = this.#denyAll(requests);
    if (denied !== undefined) return denied;
    const sentAt = this.options.clock();
    const refunded = requests.filter(({ costs }) => costs[0]! < 0);
    const send = refunded.reduceRight<() => MaybePromise<readonly AppliedCost[]>>(
      (next, { key }) =>
        () =>
          this.#voiding(key, next),
      () => storage.applyAll!(requests),
    );
    const answer = send();
    if (!isPromiseLike(answer) || refunded.length > 0) return answer;
    return answer.then((outcomes) => {
      // Those that passed before one refused are needed to refuse again.
      const refused = outcomes.at(-1)?.allowed === false;
      outcomes.forEach(({ levels }, index) => {
        const { key, limits, costs } = requests[index]!;
        this.#learn(key, refused ? Infinity : costs[0]!, limits as readonly RateBucketLimit[], levels, sentAt);
      });
      return outcomes;
    });
  }

  /** Refused by one of them for sure, where those before it surely had room. */
  #denyAll(requests: readonly ApplyRequest[]): readonly AppliedCost[] | undefined {
    const outcomes: AppliedCost[] = [];
    for (const request of requests) {
      const [denied] = this.#deny(request) ?? [];
      if (denied !== undefined) return [...outcomes, denied];
      const passed = this.#pass(request);
      if (passed === undefined) return undefined;
      outcomes.push(passed);
    }
    return undefined;
  }

  /** By the last answers: had another process used it up meanwhile, the call would be refused all the same. */
  #pass({ key, limits, costs }: ApplyRequest): AppliedCost | undefined {
    const known = this.#levelsOf(key, limits);
    if (known === undefined || !(costs[0]! <= known.free)) return undefined;
    const elapsed = this.options.clock() - known.answeredAt;
    return {
      allowed: true,
      levels: known.limits.map((limit, index) => highestLevel(limit, known.levels[index]!, elapsed)),
    };
  }

  read(request: BucketRequest): MaybePromise<BucketReading> {
    return this.storage.read(request);
  }

  delete(request: Pick<BucketRequest, 'key' | 'timeoutMs'>): MaybePromise<void> {
    return this.#voiding(request.key, () => this.storage.delete(request));
  }

  close(): MaybePromise<void> {
    this.#known.clear();
    return this.storage.close?.();
  }

  #deny({ key, limits, costs, settle }: ApplyRequest): readonly AppliedCost[] | undefined {
    if (settle === true || costs.length === 0) return undefined;
    const known = this.#levelsOf(key, limits);
    if (known === undefined) return undefined;
    const cost = lowest(costs);
    if (cost <= known.free) return undefined;
    const now = this.options.clock();
    const age = now - known.sentAt;
    if (age < 0 || age > this.options.maxAgeMs * 1000) {
      this.#known.delete(key);
      return undefined;
    }
    const least = known.limits.map((limit, index) => lowestLevel(limit, known.levels[index]!, age));
    if (fitsAll(limits, least, cost)) return undefined;
    // The answer shows the highest level that it can have, so that whoever waits for it does not come too early.
    const levels = known.limits.map((limit, index) =>
      highestLevel(limit, known.levels[index]!, now - known.answeredAt),
    );
    return costs.map(() => ({ allowed: false, levels }));
  }

  /** The last answer under the same policy. */
  #levelsOf(key: string, limits: readonly BucketLimit[]): KnownLevels | undefined {
    const known = this.#known.get(key);
    return known?.kind === 'levels' && known.limits === limits ? known : undefined;
  }

  #learnFrom(
    { key, costs }: ApplyRequest,
    limits: readonly RateBucketLimit[],
    outcomes: readonly AppliedCost[],
    sentAt: number,
  ): void {
    const last = outcomes.at(-1);
    if (last !== undefined) this.#learn(key, highest(costs), limits, last.levels, sentAt);
  }

  #learn(
    key: string,
    highestCost: number,
    limits: readonly RateBucketLimit[],
    levels: readonly number[],
    sentAt: number,
  ): void {
    const before = this.#known.get(key);
    if (before !== undefined && before.sentAt >= sentAt) return;
    const free = freeTokens(limits, levels);
    if (free < ROOM_FOR_COSTS * highestCost)
      this.#remember(key, { kind: 'levels', limits, levels, free, sentAt, answeredAt: this.options.clock() });
    // It refuses nothing soon: its place is for those that do. What came back may still void an older answer.
    else if (before?.kind === 'levels') this.#known.delete(key);
  }

  /** Answers to what was sent meanwhile may still show the time before. */
  #voiding<T>(key: string, change: () => MaybePromise<T>): MaybePromise<T> {
    this.#voidAnswers(key);
    const answer = change();
    if (!isPromiseLike(answer)) return answer;
    const voidAnswers = () => this.#voidAnswers(key);
    answer.then(voidAnswers, voidAnswers);
    return answer;
  }

  #voidAnswers(key: string): void {
    this.#remember(key, { kind: 'voided', sentAt: this.options.clock() });
  }

  #remember(key: string, known: KnownLevels | Voided): void {
    this.#known.delete(key);
    this.#known.set(key, known);
    if (this.#known.size > this.options.maxKeys) this.#known.delete(this.#known.keys().next().value!);
  }
}

/** Quotas, leases and blocks end at moments that the storage alone decides. */
function isLearnable(request: ApplyRequest, limits: readonly BucketLimit[]): limits is readonly RateBucketLimit[] {
  return isPlain(limits) && request.settle !== true && !isRefund(request);
}

function isRefund({ costs }: ApplyRequest): boolean {
  return costs.length === 1 ? costs[0]! < 0 : costs.some((cost) => cost < 0);
}

function highest(costs: readonly number[]): number {
  return costs.length === 1 ? costs[0]! : Math.max(...costs);
}

/** If it is refused, so are all. */
function lowest(costs: readonly number[]): number {
  return costs.length === 1 ? costs[0]! : Math.min(...costs);
}
