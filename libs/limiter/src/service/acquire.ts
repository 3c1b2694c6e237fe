import { bookingLimits, waitOf } from '../algorithm/booking.js';
import { toDecision } from '../algorithm/decision.js';
import { isPlain } from '../algorithm/room.js';
import type { Decision, DecisionSource } from '../contracts/decision.js';
import type { AppliedCost, BucketLimit, LimiterStorage, RateBucketLimit } from '../contracts/limiter-storage.js';
import { OptionProblems } from '../support/option-problems.js';
import type { Charge, ChargeOutcome } from './charge.js';
import { publishDecision, ReserveCall, SettleCall } from './charge-call.js';
import type { StorageGate } from './storage-gate.js';
import type { Waiters } from './waiters.js';

export interface AcquireOptions {
  /** How long the call may wait, in whole milliseconds, 0 or more. One whose place would come later is refused at once. */
  readonly maxWaitMs: number;
  /** Ends the wait, and gives the place back. */
  readonly signal?: AbortSignal;
  /** Tokens, a whole number from 1 to the policy's burst. Default 1. */
  readonly cost?: number;
}

export const ACQUIRE_NAMES: readonly string[] = ['maxWaitMs', 'signal', 'cost'];
const MAX_WAIT_MS = 366 * 86_400_000;

/** Books places in the future, and waits for them. */
export class Acquirer {
  /** By the limits of a policy: a storage compares policies by their lists. */
  readonly #booking = new WeakMap<
    readonly BucketLimit[],
    { readonly maxWaitMs: number; readonly limits: readonly RateBucketLimit[] }
  >();

  constructor(
    private readonly storage: LimiterStorage,
    private readonly gate: StorageGate,
    private readonly waiters: Waiters,
  ) {}

  async acquire(charge: Charge, { maxWaitMs, signal }: AcquireOptions): Promise<Decision> {
    checkSignal(signal);
    const limits = this.#limitsOf(charge, maxWaitMs);
    signal?.throwIfAborted();
    this.waiters.admit(charge.policy.name);
    try {
      const booked = { ...charge, request: { ...charge.request, limits } };
      const outcome = await this.gate.run(new BookingCall(this.storage, booked, maxWaitMs));
      publishDecision(this.storage, charge.cost, outcome.decision);
      const { applied, decision } = outcome;
      if (applied?.allowed !== true) return decision;
      const wait = waitOf(charge.policy.limits as readonly RateBucketLimit[], applied.levels);
      if (wait > 0) await this.#wait(wait, booked, decision.source, signal);
      return decision;
    } finally {
      this.waiters.leave();
    }
  }

  async #wait(micros: number, booked: Charge, source: DecisionSource, signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.waiters.wait(micros, signal);
    } catch (reason) {
      const call = new SettleCall(this.storage, { ...booked, request: { ...booked.request, costs: [-booked.cost] } });
      // What fails was published, and drains by itself.
      if (source === 'local') this.gate.runLocally(call);
      else await Promise.resolve(this.gate.run(call)).catch(() => undefined);
      throw reason;
    }
  }

  #limitsOf({ policy }: Charge, maxWaitMs: number): readonly RateBucketLimit[] {
    const known = this.#booking.get(policy.limits);
    if (known?.maxWaitMs === maxWaitMs) return known.limits;
    const problems = new OptionProblems();
    const whole = Number.isSafeInteger(maxWaitMs) && maxWaitMs >= 0 && maxWaitMs <= MAX_WAIT_MS;
    problems.check(whole, 'maxWaitMs', maxWaitMs, `must be whole milliseconds from 0 to ${MAX_WAIT_MS}`);
    const plain = isPlain(policy.limits);
    const rates =
      'must have only limits that drain, { limit, per }, without blockFor: a place in the future is known of those alone';
    problems.check(
      plain,
      `policy '${policy.name}'`,
      policy.limits.map(({ kind }) => kind),
      rates,
    );
    problems.check(
      policy.mode === 'enforce',
      `policy '${policy.name}'`,
      policy.mode,
      "must have mode 'enforce' to be waited for",
    );
    problems.throwIfAny();
    const limits = bookingLimits(policy.limits as readonly RateBucketLimit[], maxWaitMs);
    problems.check(
      limits !== undefined,
      'maxWaitMs',
      maxWaitMs,
      `is too long for exact arithmetic under policy '${policy.name}'`,
    );
    problems.throwIfAny();
    this.#booking.set(policy.limits, { maxWaitMs, limits: limits! });
    return limits!;
  }
}

function checkSignal(signal: AbortSignal | undefined): void {
  if (signal === undefined || typeof (signal as Partial<AbortSignal> | null)?.throwIfAborted === 'function') return;
  const problems = new OptionProblems();
  problems.check(false, 'signal', signal, 'must be an AbortSignal');
  problems.throwIfAny();
}

/** Refused, it may be tried again when the place would be near enough. */
class BookingCall extends ReserveCall {
  constructor(
    storage: LimiterStorage,
    charge: Charge,
    private readonly maxWaitMs: number,
  ) {
    super(storage, charge);
  }

  override result([applied]: readonly AppliedCost[], source: DecisionSource): ChargeOutcome {
    const { policy, cost } = this.charge;
    const decision = toDecision(policy, cost, applied!, source);
    const retryAfterMs = decision.allowed ? 0 : Math.max(1, decision.retryAfterMs - this.maxWaitMs);
    return { charge: this.charge, decision: { ...decision, retryAfterMs }, charged: cost, applied: applied! };
  }
}
