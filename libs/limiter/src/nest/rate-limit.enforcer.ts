import { Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import type { Decision } from '../contracts/decision.js';
import { LimiterCostError } from '../errors/request-errors.js';
import { StorageUnavailableError } from '../errors/storage-errors.js';
import { PROBLEM_CONTENT_TYPE } from '../headers/problem.js';
import { rateLimitHeaders, retryAfterHeader } from '../headers/rate-limit-headers.js';
import { Limiter } from '../service/limiter.js';
import type { IncomingCall } from './context/context-reader.js';
import { readerOf } from './context/readers.js';
import { RESOLVED_MODULE_OPTIONS, type ResolvedModuleOptions } from './module-options.js';
import { RateLimitContext } from './rate-limit-context.js';
import { RateLimitCostException, RateLimitException, RateLimitExceededException, RateLimitStorageException } from './rate-limit.exceptions.js';
import { RateLimitPlanner, type PlannedLimit } from './rate-limit.planner.js';

/** Seconds that a client is asked to wait while the storage is down. */
const STORAGE_RETRY_AFTER = '1';

/** What happens to one call in the guard. One per module, so that all guards together count a call once. */
@Injectable()
export class RateLimitEnforcer {
  /** The decisions of each call so far; `undefined` while one is being made. */
  readonly #decided = new WeakMap<object, Map<string, Decision | undefined>>();

  constructor(
    @Inject(RESOLVED_MODULE_OPTIONS) private readonly options: ResolvedModuleOptions,
    @Inject(Limiter) private readonly limiter: Limiter,
    @Inject(RateLimitPlanner) private readonly planner: RateLimitPlanner,
  ) {}

  /** Asks each policy of the handler that this call was not yet counted for. Returns when all allow it, else throws. */
  async enforce(execution: ExecutionContext): Promise<void> {
    const plan = this.planner.planFor(execution.getClass(), execution.getHandler());
    if (plan.length === 0) return;
    const call = readerOf(execution.getType())(execution, this.options);
    let decided = this.#decided.get(call.identity);
    if (decided === undefined) this.#decided.set(call.identity, (decided = new Map<string, Decision | undefined>()));
    for (const limit of plan) {
      if (decided.has(limit.policy.name)) continue;
      decided.set(limit.policy.name, undefined);
      await this.#enforceOne(limit, new RateLimitContext(execution, call, limit.policy.name), call, decided);
    }
  }

  async #enforceOne(limit: PlannedLimit, context: RateLimitContext, call: IncomingCall, decided: Map<string, Decision | undefined>): Promise<void> {
    if (await limit.skip?.(context)) return;
    const decision = await this.#consume(limit, context, call);
    decided.set(limit.policy.name, decision);
    const decisions = [...decided.values()].filter((each) => each !== undefined);
    setHeaders(call, { ...rateLimitHeaders(decisions, this.options.headers), ...retryAfterHeader(decisions) });
    await limit.decorate?.(context, decision);
    if (decision.allowed) return;
    throw (await limit.onLimited?.(context, decision)) ?? problem(call, new RateLimitExceededException(decision));
  }

  async #consume(limit: PlannedLimit, context: RateLimitContext, call: IncomingCall): Promise<Decision> {
    const cost = typeof limit.cost === 'function' ? await limit.cost(context) : limit.cost;
    const key = (await limit.bucket?.(context)) ?? defaultBucket(context);
    try {
      return await this.limiter.consume(limit.policy, String(key), { cost });
    } catch (error) {
      if (error instanceof LimiterCostError) throw problem(call, new RateLimitCostException(error));
      if (!(error instanceof StorageUnavailableError)) throw error;
      setHeaders(call, { 'Retry-After': STORAGE_RETRY_AFTER });
      throw problem(call, new RateLimitStorageException(error));
    }
  }
}

/** NUL separates the parts, as it occurs in none of them. */
function defaultBucket({ controller, handler, address }: RateLimitContext): string {
  return [controller, handler, address ?? ''].join('\0');
}

function problem(call: IncomingCall, exception: RateLimitException): RateLimitException {
  setHeaders(call, { 'Content-Type': PROBLEM_CONTENT_TYPE });
  return exception;
}

function setHeaders(call: IncomingCall, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) call.setHeader?.(name, value);
}
