import { Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import type { Decision } from '../contracts/decision.js';
import type { MaybePromise } from '../contracts/maybe-promise.js';
import type { Policy } from '../contracts/policy.js';
import { PolicyUnavailableError } from '../errors/policy-error.js';
import { LimiterCostError } from '../errors/request-errors.js';
import { StorageUnavailableError } from '../errors/storage-errors.js';
import { retryAfterHeader, writeRateLimitHeaders, type HeaderSet } from '../headers/rate-limit-headers.js';
import { isPromiseLike } from '../support/deadline.js';
import type { Limiter } from '../service/limiter.js';
import type { CombinedReservation } from '../service/reservation.js';
import { AddressHook, type CallSource } from './address-hook.js';
import type { IncomingCall } from './context/context-reader.js';
import { readerOf } from './context/readers.js';
import type { ResolvedModuleOptions } from './module-options.js';
import { RateLimitContext } from './rate-limit-context.js';
import {
  RateLimitCostException,
  RateLimitExceededException,
  RateLimitException,
  RateLimitStorageException,
} from './rate-limit.exceptions.js';
import { RateLimitPlanner, type PlannedLimit } from './rate-limit.planner.js';
import { holdUntilSettled, settle } from './settlements.js';
import { MODULE_LIMITER, RESOLVED_MODULE_OPTIONS } from './tokens.js';

/** `Retry-After` in seconds while the storage is down. */
const STORAGE_RETRY_AFTER = '1';

/** One policy that is due for a call. */
interface DueLimit {
  readonly limit: PlannedLimit;
  readonly policy: Policy;
  readonly context: RateLimitContext;
  readonly key: string;
  readonly cost: number;
}

/** A policy that a call was counted for, whichever guard did. */
interface Counted {
  readonly name: string;
  decision: Decision | undefined;
}

/** What happens to one call in the guard. One per module, so that all guards together count a call once. */
@Injectable()
export class RateLimitEnforcer {
  /** What a call was counted for lies on the call: a WeakMap costs several times as much. */
  readonly #seen = Symbol('rookery:limiter:seen');
  readonly #addressHook: AddressHook;

  constructor(
    @Inject(RESOLVED_MODULE_OPTIONS) private readonly options: ResolvedModuleOptions,
    @Inject(MODULE_LIMITER) private readonly limiter: Limiter,
    @Inject(RateLimitPlanner) private readonly planner: RateLimitPlanner,
  ) {
    this.#addressHook = new AddressHook(options);
  }

  /**
   * Charges the policies of the handler that this call was not yet counted for, all or none. Returns when all allow it, else
   * throws or rejects; at once where nothing has to be waited for.
   */
  enforce(execution: ExecutionContext): MaybePromise<true> {
    const plan = this.planner.planFor(execution.getClass(), execution.getHandler());
    if (plan.length === 0) return true;
    const call = readerOf(execution.getType())(execution, this.options);
    const seen = this.#seenBy(call);
    const fresh = seen.length === 0 ? plan : plan.filter(({ name }) => seen.every((counted) => counted.name !== name));
    if (fresh.length === 0) return true;
    for (const { name } of fresh) seen.push({ name, decision: undefined });
    const source = this.#addressHook.sourceOf(call);
    const [only] = fresh;
    if (fresh.length > 1) return this.#enforceSeveral(fresh, execution, source, call, seen);
    const due = this.#dueLimit(only!, new RateLimitContext(execution, source, only!.name), call);
    if (due === undefined) return true;
    return isPromiseLike(due)
      ? due.then((later) => later === undefined || this.#enforceOne(later, call, seen))
      : this.#enforceOne(due, call, seen);
  }

  /** What a handler is limited by. */
  limitsOf(
    controller: object & { name: string },
    handler: object & { name: string },
  ): { readonly names: readonly string[]; readonly headers: readonly HeaderSet[] } {
    const plan = this.planner.planFor(controller, handler);
    return { names: plan.map(({ name }) => name), headers: this.options.headers };
  }

  async #enforceSeveral(
    fresh: readonly PlannedLimit[],
    execution: ExecutionContext,
    source: CallSource,
    call: IncomingCall,
    seen: Counted[],
  ): Promise<true> {
    const due: DueLimit[] = [];
    for (const limit of fresh) {
      const each = await this.#dueLimit(limit, new RateLimitContext(execution, source, limit.name), call);
      if (each !== undefined) due.push(each);
    }
    return due.length === 0 || this.#enforceTogether(due, call, seen);
  }

  /** The common case: nothing to give back later, and no other policy to charge. */
  #enforceOne(due: DueLimit, call: IncomingCall, seen: Counted[]): MaybePromise<true> {
    if (isHeld(due.policy)) return this.#enforceTogether([due], call, seen);
    let decision: MaybePromise<Decision>;
    try {
      decision = this.limiter.consumeNow(due.policy, due.key, due.cost);
    } catch (error) {
      return this.#failed(error, call);
    }
    if (!isPromiseLike(decision)) return this.#finishOne(due, decision, call, seen);
    return decision.then(
      (later) => this.#finishOne(due, later, call, seen),
      (error: unknown) => this.#failed(error, call),
    );
  }

  #finishOne(due: DueLimit, decision: Decision, call: IncomingCall, seen: Counted[]): MaybePromise<true> {
    seen.find(({ name }) => name === due.limit.name)!.decision = decision;
    this.#writeHeaders(call, seen);
    const { decorate, onLimited } = due.limit;
    if (decorate !== undefined) {
      const decorated = decorate(due.context, decision);
      if (isPromiseLike(decorated)) return decorated.then(() => decision.allowed || this.#refuse(due, decision, call));
    }
    if (decision.allowed) return true;
    if (onLimited !== undefined) return this.#refuse(due, decision, call);
    const refusal = call.refusal(RateLimitExceededException.withoutStack(decision));
    if (isPromiseLike(refusal)) return refusal.then((error) => Promise.reject(error));
    throw refusal;
  }

  async #refuse({ limit, context }: DueLimit, decision: Decision, call: IncomingCall): Promise<never> {
    throw (
      (await limit.onLimited?.(context, decision)) ??
      (await call.refusal(RateLimitExceededException.withoutStack(decision)))
    );
  }

  async #enforceTogether(due: readonly DueLimit[], call: IncomingCall, seen: Counted[]): Promise<true> {
    const { allowed, reservations } = await this.#reserve(due, call);
    // In the same order; those that were not decided are left out.
    let next = 0;
    const decided = reservations.map((reservation) => {
      while (due[next]!.policy.name !== reservation.decision.policy) next++;
      return { reservation, due: due[next]!, policy: due[next++]!.policy };
    });
    for (const { reservation, due } of decided)
      seen.find(({ name }) => name === due.limit.name)!.decision = reservation.decision;
    this.#writeHeaders(call, seen);
    if (allowed) {
      const held = decided.filter((each) => isHeld(each.due.policy));
      for (const each of held) holdUntilSettled(call.identity, each);
      if (held.length > 0) call.onEnd?.((failed) => settle(call.identity, failed));
    }
    for (const { due, reservation } of decided) await due.limit.decorate?.(due.context, reservation.decision);
    if (allowed) return true;
    const { due: last, reservation } = decided.at(-1)!;
    return this.#refuse(last, reservation.decision, call);
  }

  #dueLimit(limit: PlannedLimit, context: RateLimitContext, call: IncomingCall): MaybePromise<DueLimit | undefined> {
    if (limit.isPlain) {
      const policy = limit.policyOf(context);
      if (!isPromiseLike(policy))
        return { limit, policy, context, cost: limit.hooks.fixedCost, key: limit.hooks.defaultKey(context) };
    }
    return this.#dueLater(limit, context, call);
  }

  async #dueLater(limit: PlannedLimit, context: RateLimitContext, call: IncomingCall): Promise<DueLimit | undefined> {
    try {
      if (await limit.hooks.skips(context)) return undefined;
      const policy = await limit.policyOf(context);
      const cost = await limit.hooks.cost(context, policy);
      return cost === 0 ? undefined : { limit, policy, context, cost, key: await limit.hooks.key(context) };
    } catch (error) {
      if (error instanceof PolicyUnavailableError) throw await this.#unavailable(call, error);
      throw error instanceof RateLimitException ? await call.refusal(error) : error;
    }
  }

  async #reserve(due: readonly DueLimit[], call: IncomingCall): Promise<CombinedReservation> {
    try {
      return await this.limiter.reserveAll(due.map(({ policy, key, cost }) => [policy, key, { cost }]));
    } catch (error) {
      return this.#failed(error, call);
    }
  }

  async #failed(error: unknown, call: IncomingCall): Promise<never> {
    if (error instanceof LimiterCostError) throw await call.refusal(new RateLimitCostException(error));
    throw error instanceof StorageUnavailableError ? await this.#unavailable(call, error) : error;
  }

  async #unavailable(call: IncomingCall, error: StorageUnavailableError | PolicyUnavailableError): Promise<Error> {
    call.setHeader?.('Retry-After', STORAGE_RETRY_AFTER);
    return call.refusal(new RateLimitStorageException(error));
  }

  #seenBy({ identity }: IncomingCall): Counted[] {
    const call = identity as { [seen: symbol]: Counted[] | undefined };
    return (call[this.#seen] ??= []);
  }

  /** Clients see nothing of policies in shadow mode. */
  #writeHeaders(call: IncomingCall, seen: readonly Counted[]): void {
    if (call.setHeader === undefined) return;
    const shown: Decision[] = [];
    for (const { decision } of seen) if (decision !== undefined && decision.shadow === undefined) shown.push(decision);
    const write = (name: string, value: string): void => call.setHeader!(name, value);
    writeRateLimitHeaders(shown, this.options.headers, write);
    for (const [name, value] of Object.entries(retryAfterHeader(shown))) write(name, value);
  }
}

/** Whether something is to be done when the call is over. */
function isHeld({ count, limits }: Policy): boolean {
  return count === 'failures' || limits.some(({ kind }) => kind === 'concurrency');
}
