import type { Decision } from '../../contracts/decision.js';

/** How `@Limited` applies a policy to a method; `Args` are the method's arguments. */
export interface LimitedOptions<Args extends readonly unknown[] = readonly unknown[], Result = unknown> {
  /** Who is counted. Default: all calls of the method together. */
  readonly key?: (...args: Args) => string | number | bigint | Promise<string | number | bigint>;
  /** Tokens of a call, or a function of its arguments. 0 passes uncharged. Default 1. */
  readonly cost?: number | ((...args: Args) => number | Promise<number>);
  /** What a refused call returns, or throws, instead. Default: a {@link CallLimitedError}. */
  readonly onLimited?: (decision: Decision, ...args: Args) => Result | Promise<Result>;
  /** The name of the `LimiterModule` whose limiter decides. Default `'default'`. */
  readonly limiter?: string;
}

/** What one `@Limited` recorded. */
export interface LimitedDeclaration {
  readonly policy: string;
  readonly options: LimitedOptions<never[]>;
}
