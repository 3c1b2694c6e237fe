import { Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import type { Decision } from '../contracts/decision.js';
import { LimiterCostError } from '../errors/request-errors.js';
import { StorageUnavailableError } from '../errors/storage-errors.js';
import { rateLimitHeaders, retryAfterHeader } from '../headers/rate-limit-headers.js';
import type { Limiter } from '../service/limiter.js';
import type { CombinedReservation } from '../service/reservation.js';
import { AddressHook } from './address-hook.js';
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
  readonly context: RateLimitContext;
  readonly key: string;
  readonly cost: number;
}

/** What happens to one call in the guard. One per module, so that all guards together count a call once. */
@Injectable()
export class RateLimitEnforcer {
  /** The policies that a call was counted for, with the decisions so far, lie on the call: a WeakMap costs several times as much. */
  readonly #seen = Symbol('rookery:limiter:seen');

  readonly #addressHook: AddressHook;

  constructor(
    @Inject(RESOLVED_MODULE_OPTIONS) private readonly options: ResolvedModuleOptions,
    @Inject(MODULE_LIMITER) private readonly limiter: Limiter,
    @Inject(RateLimitPlanner) private readonly planner: RateLimitPlanner,
  ) {
    this.#addressHook = new AddressHook(options);
  }

  /** Charges the policies of the handler that this call was not yet counted for, all or none. Returns when all allow it, else throws. */
  async enforce(execution: ExecutionContext): Promise<void> {
    const plan = this.planner.planFor(execution.getClass(), execution.getHandler());
    if (plan.length === 0) return;
    const call = readerOf(execution.getType())(execution, this.options);
    const seen = this.#seenBy(call);
    const fresh = plan.filter((limit) => !seen.has(limit.policy.name));
    for (const limit of fresh) seen.set(limit.policy.name, undefined);
    const due: DueLimit[] = [];
    const source = { request: call.request, address: this.#addressHook.readerOf(call) };
    for (const limit of fresh) {
      const context = new RateLimitContext(execution, source, limit.policy.name);
      const each = await this.#dueLimit(limit, context, call);
      if (each !== undefined) due.push(each);
    }
    if (due.length > 0) await this.#enforceTogether(due, call, seen);
  }

  async #enforceTogether(
    due: readonly DueLimit[],
    call: IncomingCall,
    seen: Map<string, Decision | undefined>,
  ): Promise<void> {
    const { allowed, reservations } = await this.#reserve(due, call);
    const decided = reservations.map((reservation) => {
      const { limit, context, cost } = due.find((each) => each.limit.policy.name === reservation.decision.policy)!;
      return { reservation, limit, context, cost };
    });
    for (const { reservation } of decided) seen.set(reservation.decision.policy, reservation.decision);
    setHeaders(call, this.#headers([...seen.values()].filter((decision) => decision !== undefined)));
    if (allowed) {
      const held = decided.filter((each) => each.limit.policy.count === 'failures');
      for (const each of held) holdUntilSettled(call.identity, each);
      if (held.length > 0) call.onEnd?.((failed) => settle(call.identity, failed));
    }
    for (const { limit, context, reservation } of decided) await limit.decorate?.(context, reservation.decision);
    if (allowed) return;
    const { limit, context, reservation } = decided.at(-1)!;
    throw (
      (await limit.onLimited?.(context, reservation.decision)) ??
      (await call.refusal(RateLimitExceededException.withoutStack(reservation.decision)))
    );
  }

  async #dueLimit(limit: PlannedLimit, context: RateLimitContext, call: IncomingCall): Promise<DueLimit | undefined> {
    try {
      if (await limit.hooks.skips(context)) return undefined;
      const cost = await limit.hooks.cost(context);
      return cost === 0 ? undefined : { limit, context, cost, key: await limit.hooks.key(context) };
    } catch (error) {
      throw error instanceof RateLimitException ? await call.refusal(error) : error;
    }
  }

  async #reserve(due: readonly DueLimit[], call: IncomingCall): Promise<CombinedReservation> {
    try {
      return await this.limiter.reserveAll(due.map(({ limit, key, cost }) => [limit.policy, key, { cost }]));
    } catch (error) {
      if (error instanceof LimiterCostError) throw await call.refusal(new RateLimitCostException(error));
      if (!(error instanceof StorageUnavailableError)) throw error;
      setHeaders(call, { 'Retry-After': STORAGE_RETRY_AFTER });
      throw await call.refusal(new RateLimitStorageException(error));
    }
  }

  #seenBy({ identity }: IncomingCall): Map<string, Decision | undefined> {
    const call = identity as { [seen: symbol]: Map<string, Decision | undefined> | undefined };
    return (call[this.#seen] ??= new Map<string, Decision | undefined>());
  }

  /** Clients see nothing of policies in shadow mode. */
  #headers(decisions: readonly Decision[]): Readonly<Record<string, string>> {
    const shown = decisions.filter((decision) => decision.shadow === undefined);
    return { ...rateLimitHeaders(shown, this.options.headers), ...retryAfterHeader(shown) };
  }
}

function setHeaders(call: IncomingCall, headers: Readonly<Record<string, string>>): void {
  if (call.setHeader === undefined) return;
  for (const [name, value] of Object.entries(headers)) call.setHeader(name, value);
}
