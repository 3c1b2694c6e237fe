/** Why a limit refused: no room at its rate, in the period of its quota, or for one more call at once; or it still blocks. */
export type RefusalReason = 'rate' | 'quota' | 'concurrency' | 'blocked';

/** Where one limit of a policy stands after a decision. Durations are whole milliseconds, rounded up. */
export interface LimitStatus {
  readonly name: string;
  readonly limit: number;
  readonly windowMs: number;
  /** Whole tokens that would pass now. */
  readonly remaining: number;
  /** Until the refused cost fits, or until then for sure where it may be sooner; 0 where this limit did not refuse. */
  readonly retryAfterMs: number;
  /** Until `remaining` grows by one; 0 when the bucket is empty. */
  readonly nextTokenMs: number;
  /** Until the bucket is empty, and the whole burst passes again; of calls at once, until the first lease is over. */
  readonly resetMs: number;
  /** Present where this limit refused. */
  readonly reason?: RefusalReason;
}

/**
 * Who decided: the storage; buckets of this process while the storage is down (`'local'`);
 * or nobody, since the storage is down and the policy lets requests pass (`'open'`).
 */
export type DecisionSource = 'storage' | 'local' | 'open';

/** The answer for one policy. `limit`, `remaining` and `resetMs` speak of its tightest limit. */
export interface Decision {
  readonly allowed: boolean;
  readonly policy: string;
  readonly limit: number;
  readonly remaining: number;
  /** Whole milliseconds after which the same cost passes if nothing else is consumed; 0 when allowed. */
  readonly retryAfterMs: number;
  readonly resetMs: number;
  readonly source: DecisionSource;
  /** Present where the call was refused: why the limit did that holds longest. `'blocked'`: the policy's `blockFor` is not over. */
  readonly reason?: RefusalReason;
  /** Present where the policy is in shadow mode: what it would have done. `allowed` is true then. */
  readonly shadow?: 'allowed' | 'refused';
  /** One per limit of the policy; none when `source` is `'open'`, as there are no levels then. */
  readonly limits: readonly LimitStatus[];
}

/** The answer for several policies at once. */
export interface CombinedDecision {
  readonly allowed: boolean;
  /** In the order of the call, up to the one that refused. Where one did, the others show where they stand with nothing charged. */
  readonly decisions: readonly Decision[];
}
