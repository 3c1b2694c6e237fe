import type { MigrationPhase } from './migration-state.js';

/** How far a migration is. */
export interface MigrationProgress {
  readonly alias: string;
  readonly phase: MigrationPhase;
  /** Rows or documents done in this phase, and in all as far as it was counted. */
  readonly done: number;
  readonly total: number;
  /** Since this run began the phase. */
  readonly ratePerSecond: number;
  /** Of this phase, in milliseconds; `undefined` while it is unknown. */
  readonly remainingMs: number | undefined;
}

/** @param now milliseconds of a clock that never steps back */
export function progressMeter(
  alias: string,
  phase: MigrationPhase,
  total: number,
  doneBefore: number,
  now: () => number = () => performance.now(),
) {
  const startedAt = now();
  return (done: number): MigrationProgress => {
    const seconds = (now() - startedAt) / 1000;
    const ratePerSecond = seconds > 0 ? (done - doneBefore) / seconds : 0;
    const remainingMs = ratePerSecond > 0 ? (Math.max(0, total - done) / ratePerSecond) * 1000 : undefined;
    return { alias, phase, done, total, ratePerSecond, remainingMs };
  };
}
