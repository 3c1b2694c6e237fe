import { channel } from 'node:diagnostics_channel';

/** On `rookery.limiter.contention`: a bucket changed at every attempt until the time was spent. */
export interface ContentionMessage {
  readonly storage: string;
  readonly key: string;
  readonly attempts: number;
}

/** On `rookery.limiter.clock-skew`: a bucket came from the future, as a clock was wrong when it was written. It is healed. */
export interface ClockSkewMessage {
  readonly storage: string;
  readonly key: string;
  /** How far ahead of this process's clock it was. */
  readonly aheadMs: number;
}

export const contentionChannel = channel('rookery.limiter.contention');
export const clockSkewChannel = channel('rookery.limiter.clock-skew');
