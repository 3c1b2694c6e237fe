import type { Decision } from '../contracts/decision.js';
import type { Duration } from '../contracts/duration.js';
import type { PolicyBehavior, PolicyName, PolicyOptions } from '../contracts/policy.js';
import type { HeaderSet } from '../headers/rate-limit-headers.js';
import type { LimiterOptions } from '../service/limiter-options.js';
import type { RateLimitContext } from './rate-limit-context.js';

/** What a `bucket` function returns. */
export type Bucket = string | number | bigint | null | undefined;

/** A value, or a function of the call that gives it. */
export type PerCall<T> = T | ((context: RateLimitContext) => T | Promise<T>);

/** A limit that depends on the call, such as on the plan of its user. */
export interface LimitPerCall {
  readonly limit: PerCall<number>;
  readonly per: PerCall<Duration>;
  readonly burst?: PerCall<number>;
  readonly name?: string;
}

/**
 * A policy whose limits depend on the call. The key stays the same, and what its bucket holds is converted. A function that
 * throws, is late (`policyTimeoutMs`) or gives something wrong is logged once, and such calls are answered 503.
 *
 * @example { limit: (c) => (c.user?.plan === 'pro' ? 1000 : 100), per: '1m' }
 */
export type PolicyPerCall = (LimitPerCall | { readonly limits: readonly LimitPerCall[] }) & PolicyBehavior;

/** The name of a policy, or limits; neither: the policy that was declared. */
export type PolicyChoice = PolicyName | PolicyOptions | null | undefined;

/** How the guard applies a policy. What is closest to the handler wins, part by part: decorator, policy, module. */
export interface RateLimitHooks {
  /**
   * Which policy decides this call instead of the one that is declared: `(c) => c.user?.plan`. It may come from the
   * `policySource`. Where the function gives none, throws or is late (`policyTimeoutMs`), the declared one holds.
   */
  readonly policy?: (context: RateLimitContext) => PolicyChoice | Promise<PolicyChoice>;
  /**
   * Who is counted. Default: controller, handler and client address. The string is the key of `limiter.delete(policy, key)`.
   * `undefined`, `null` and `''`, such as the id of a user who is not logged in, fall back to the default. So does a function
   * that throws, which is logged once; an `HttpException` is the answer. Anything but text or a number is answered 400.
   */
  readonly bucket?: (context: RateLimitContext) => Bucket | Promise<Bucket>;
  /**
   * Tokens of this call, or a function of them. Default 1. A function that returns 0 lets the call pass uncharged. A call that
   * costs more than the burst, or for which the function finds no number, is answered 400.
   */
  readonly cost?: number | ((context: RateLimitContext) => number | Promise<number>);
  /** True: this policy does not count the call. A function that throws counts it, and is logged once. */
  readonly skip?: (context: RateLimitContext) => boolean | Promise<boolean>;
  /** Called with every decision, before the handler or the refusal. */
  readonly decorate?: (context: RateLimitContext, decision: Decision) => void | Promise<void>;
  /** Called with a refusal. The error it returns or throws is sent instead of the 429. */
  readonly onLimited?: (context: RateLimitContext, decision: Decision) => Error | void | Promise<Error | void>;
}

/** What a decorator sets. */
export interface RateLimitSettings extends RateLimitHooks {
  /** The name of the `LimiterModule` whose limiter decides. Default `'default'`. */
  readonly limiter?: string;
}

/** A policy declared where it is used. The name is new: it stands for these limits alone. */
export type InlinePolicy = (PolicyOptions | PolicyPerCall | Required<Pick<RateLimitHooks, 'policy'>>) &
  RateLimitSettings & { readonly name: string };

/** A policy of the module, with how the guard applies it. */
export type ModulePolicy = (PolicyOptions | PolicyPerCall) & RateLimitHooks;

export interface LimiterModuleOptions extends Omit<LimiterOptions, 'policies'>, Omit<RateLimitHooks, 'policy'> {
  readonly policies: Readonly<Record<string, ModulePolicy>>;
  /** Policies that the guard applies to every handler, besides those of its decorators. Default none. */
  readonly defaultPolicies?: readonly string[];
  /**
   * Proxies in front of the application that append to `X-Forwarded-For`: how many, or their addresses, networks (CIDR), or the
   * sets `'loopback'`, `'linklocal'` and `'uniquelocal'`. 0: the header is ignored. Default: what `trust proxy` of Express or
   * `trustProxy` of Fastify is set to, else 0.
   *
   * @example ['loopback', '10.0.0.0/8', '2001:db8::/32']
   */
  readonly trustedProxies?: number | readonly string[];
  /**
   * The client's address, where a proxy writes it into a header of its own that no client can set, such as
   * `(c) => c.request.headers['cf-connecting-ip']`. It is folded and grouped as any other. Where it gives no IP address, or
   * throws, the address by `trustedProxies` counts.
   */
  readonly address?: (context: RateLimitContext) => string | undefined;
  /** Bits of an IPv6 network that counts as one client, from 1 to 128. Default 64. */
  readonly ipv6Prefix?: number;
  /** Headers of each answer; `Retry-After` always comes with a refusal. Default `['ietf', 'x-ratelimit']`. */
  readonly headers?: readonly HeaderSet[];
}
