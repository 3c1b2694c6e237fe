import { HttpException, Logger } from '@nestjs/common';
import { messageOf } from '../errors/message-of.js';
import { LimiterCostError } from '../errors/request-errors.js';
import type { Policy } from '../contracts/policy.js';
import type { MaybePromise } from '../contracts/maybe-promise.js';
import { isPromiseLike } from '../support/deadline.js';
import type { RateLimitContext } from './rate-limit-context.js';
import { RateLimitBucketException, RateLimitCostException } from './rate-limit.exceptions.js';
import type { RateLimitHooks } from './rate-limit-options.js';

const logger = new Logger('RateLimit');

/**
 * Runs `bucket`, `cost` and `skip` of one planned limit, where a request may lack what they read. Without an answer the call is
 * counted all the same: by the default bucket, or as one that is not skipped; the first time it is logged.
 */
export class CallHooks {
  readonly #logged = new Set<string>();

  constructor(private readonly hooks: Omit<RateLimitHooks, 'policy'>) {}

  /** Whether no function of the application is to be called before the decision. */
  get isPlain(): boolean {
    const { skip, bucket, cost } = this.hooks;
    return skip === undefined && bucket === undefined && typeof cost !== 'function';
  }

  get fixedCost(): number {
    return typeof this.hooks.cost === 'number' ? this.hooks.cost : 1;
  }

  /** Who is counted where the application sets no `bucket`. */
  defaultKey(context: RateLimitContext): string {
    return defaultBucket(context);
  }

  skips(context: RateLimitContext): MaybePromise<boolean> {
    const { skip } = this.hooks;
    return skip === undefined ? false : this.#orElse('skip', context, 'counted', false, () => skip(context));
  }

  /** @throws {@link RateLimitBucketException} */
  key(context: RateLimitContext): MaybePromise<string> {
    const { bucket } = this.hooks;
    if (bucket === undefined) return defaultBucket(context);
    const fallback = 'counted by controller, handler and address';
    const read = this.#orElse('bucket', context, fallback, undefined, () => bucket(context));
    return isPromiseLike(read) ? read.then((value) => keyOf(value, context)) : keyOf(read, context);
  }

  /** @returns whole tokens, 0 for a call that passes uncharged; anything else is refused by the limiter */
  cost(context: RateLimitContext, policy: Policy): MaybePromise<number> {
    const { cost = 1 } = this.hooks;
    if (typeof cost === 'number') return cost;
    try {
      const read = cost(context);
      return isPromiseLike(read) ? read.then(undefined, (error: unknown) => noCost(error, policy)) : read;
    } catch (error) {
      return noCost(error, policy);
    }
  }

  #orElse<T>(
    hook: string,
    context: RateLimitContext,
    consequence: string,
    fallback: T,
    run: () => MaybePromise<T>,
  ): MaybePromise<T> {
    const failed = (error: unknown): T => {
      // An answer that the application chose.
      if (error instanceof HttpException) throw error;
      this.#log(
        `${hook} of policy '${context.policy}' at ${context.controller}.${context.handler}`,
        consequence,
        error,
      );
      return fallback;
    };
    try {
      const answer = run();
      return isPromiseLike(answer) ? answer.then(undefined, failed) : answer;
    } catch (error) {
      return failed(error);
    }
  }

  #log(what: string, consequence: string, error: unknown): void {
    if (this.#logged.has(what)) return;
    this.#logged.add(what);
    logger.warn(`${what} threw, so such calls are ${consequence}: ${messageOf(error)} (logged once)`);
  }
}

/** The request lacks what the function reads, such as a body: as wrong as a cost that is no number. */
function noCost(error: unknown, { name, maxCost }: Policy): never {
  if (!(error instanceof TypeError)) throw error;
  throw new RateLimitCostException(new LimiterCostError(name, undefined, maxCost));
}

function keyOf(bucket: unknown, context: RateLimitContext): string {
  if (bucket === undefined || bucket === null || bucket === '') return defaultBucket(context);
  if (typeof bucket === 'string') return bucket;
  if ((typeof bucket === 'number' && Number.isFinite(bucket)) || typeof bucket === 'bigint') return String(bucket);
  throw new RateLimitBucketException(context.policy, bucket);
}

/** NUL separates the parts, as it occurs in none of them. */
function defaultBucket({ controller, handler, address }: RateLimitContext): string {
  return [controller, handler, address ?? ''].join('\0');
}
