import { HttpException, Logger } from '@nestjs/common';
import type { MaybePromise } from '../contracts/maybe-promise.js';
import type { Policy } from '../contracts/policy.js';
import { messageOf } from '../errors/message-of.js';
import { PolicyTimeoutError, PolicyUnavailableError } from '../errors/policy-error.js';
import type { LimiterPolicies } from '../service/limiter-policies.js';
import { PolicyMemo } from '../service/policy-memo.js';
import { isPromiseLike } from '../support/deadline.js';
import { settleFunctions } from './per-call-limits.js';
import type { RateLimitContext } from './rate-limit-context.js';
import type { PolicyChoice, PolicyPerCall } from './rate-limit-options.js';

const logger = new Logger('RateLimit');

/** Which policy decides a call: at once where nothing depends on the call. */
export type PolicyOf = (context: RateLimitContext) => MaybePromise<Policy>;

interface Surroundings {
  readonly policies: LimiterPolicies;
  readonly timeoutMs: number;
}

/** A policy some of whose limits are functions of the call. */
export function perCallPolicy(name: string, options: PolicyPerCall, { timeoutMs }: Surroundings): PolicyOf {
  const memo = new PolicyMemo();
  const log = loggedOnce();
  const failed = (context: RateLimitContext, error: unknown): never => {
    if (error instanceof HttpException) throw error;
    log(`limits of policy '${name}' at ${context.controller}.${context.handler}`, 'such calls are answered 503', error);
    throw new PolicyUnavailableError(name, error);
  };
  return (context) => {
    try {
      const settled = settleFunctions(options, context);
      if (!isPromiseLike(settled)) return memo.resolve(name, settled);
      return inTime(settled, timeoutMs)
        .then((found) => memo.resolve(name, found))
        .catch((error: unknown) => failed(context, error));
    } catch (error) {
      return failed(context, error);
    }
  };
}

/** The policy that `choose` names or gives; where it gives none or fails, `declared`. */
export function chosenPolicy(
  name: string,
  choose: (context: RateLimitContext) => MaybePromise<PolicyChoice>,
  declared: PolicyOf | undefined,
  { policies, timeoutMs }: Surroundings,
): PolicyOf {
  const memo = new PolicyMemo();
  const log = loggedOnce();
  const resolve = (choice: PolicyChoice, context: RateLimitContext): MaybePromise<Policy> => {
    if (typeof choice === 'string') return policies.get(choice);
    if (choice !== undefined && choice !== null) return memo.resolve(name, choice);
    if (declared === undefined)
      throw new PolicyUnavailableError(name, new Error('the function of the policy gave none'));
    return declared(context);
  };
  const failed = (context: RateLimitContext, error: unknown): MaybePromise<Policy> => {
    if (error instanceof HttpException) throw error;
    const consequence = declared === undefined ? 'such calls are answered 503' : `policy '${name}' itself holds`;
    log(`policy of '${name}' at ${context.controller}.${context.handler}`, consequence, error);
    if (declared !== undefined) return declared(context);
    throw error instanceof PolicyUnavailableError ? error : new PolicyUnavailableError(name, error);
  };
  return (context) => {
    try {
      const choice = choose(context);
      const policy = isPromiseLike(choice)
        ? inTime(choice, timeoutMs).then((found) => resolve(found, context))
        : resolve(choice, context);
      return isPromiseLike(policy) ? policy.then(undefined, (error: unknown) => failed(context, error)) : policy;
    } catch (error) {
      return failed(context, error);
    }
  };
}

function loggedOnce(): (what: string, consequence: string, error: unknown) => void {
  const logged = new Set<string>();
  return (what, consequence, error) => {
    if (logged.has(what)) return;
    logged.add(what);
    logger.warn(`${what} failed, so ${consequence}: ${messageOf(error)} (logged once)`);
  };
}

async function inTime<T>(work: PromiseLike<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new PolicyTimeoutError(timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
