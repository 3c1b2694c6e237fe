import type { BucketState, StoredLimit } from './bucket-state.js';

/**
 * A state as whole numbers, for storages that keep text or bytes: `updatedAt count limit limit … lease lease …`, where a limit is
 * `kind a b capacity level blockedUntil seenAt`. `kind` is 1 for a rate in microseconds and 2 for one in milliseconds, with
 * `a` = `drainPerTick` and `b` = `unitsPerToken`; and 3 for a quota, with `a` = `startsAt` and `b` = `endsAt`.
 */
export function toNumbers({ updatedAt, limits, leases }: BucketState): readonly number[] {
  return [updatedAt, limits.length, ...limits.flatMap(limitNumbers), ...leases];
}

const WIDTH = 7;

/** @returns `undefined` where the numbers are no state */
export function fromNumbers(numbers: readonly number[]): BucketState | undefined {
  const [updatedAt, count] = numbers;
  if (
    updatedAt === undefined ||
    count === undefined ||
    !numbers.every((each) => Number.isSafeInteger(each) && each >= 0)
  )
    return undefined;
  const end = 2 + WIDTH * count;
  if (numbers.length < end) return undefined;
  const limits = Array.from({ length: count }, (_, index) =>
    limitOf(numbers.slice(2 + WIDTH * index, 2 + WIDTH * (index + 1))),
  );
  return limits.every((limit) => limit !== undefined) ? { updatedAt, limits, leases: numbers.slice(end) } : undefined;
}

function limitNumbers(limit: StoredLimit): readonly number[] {
  const { capacity, level, blockedUntil, seenAt } = limit;
  return limit.kind === 'quota'
    ? [3, limit.startsAt, limit.endsAt, capacity, level, blockedUntil, seenAt]
    : [limit.tickMicros === 1 ? 1 : 2, limit.drainPerTick, limit.unitsPerToken, capacity, level, blockedUntil, seenAt];
}

function limitOf(numbers: readonly number[]): StoredLimit | undefined {
  const [kind, a, b, capacity, level, blockedUntil, seenAt] = numbers as readonly [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const common = { capacity, level, blockedUntil, seenAt };
  if (kind === 3) return { kind: 'quota', startsAt: a, endsAt: b, ...common };
  if ((kind !== 1 && kind !== 2) || a === 0 || b === 0) return undefined;
  return { kind: 'rate', drainPerTick: a, unitsPerToken: b, tickMicros: kind === 1 ? 1 : 1000, ...common };
}
