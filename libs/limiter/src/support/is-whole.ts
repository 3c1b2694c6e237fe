/** Whether `value` is a whole number from `min` to `max`. */
export function isWhole(value: unknown, min: number, max: number = Number.MAX_SAFE_INTEGER): value is number {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
}

export const COUNT_RULE = 'must be a whole number of 1 or more';
