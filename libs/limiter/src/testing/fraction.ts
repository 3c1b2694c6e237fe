/** An exact rational; the denominator is above zero. */
export interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

export const ZERO: Fraction = { over: 0n, under: 1n };

export function fraction(over: number | bigint, under: number | bigint = 1): Fraction {
  return { over: BigInt(over), under: BigInt(under) };
}

export function plus(a: Fraction, b: Fraction): Fraction {
  if (a.under === b.under) return { over: a.over + b.over, under: a.under };
  return { over: a.over * b.under + b.over * a.under, under: a.under * b.under };
}

export function minus(a: Fraction, b: Fraction): Fraction {
  return plus(a, { over: -b.over, under: b.under });
}

export function times(a: Fraction, factor: number | bigint): Fraction {
  return { over: a.over * BigInt(factor), under: a.under };
}

/** Below zero when `a` is the smaller, zero when they are equal. */
export function compare(a: Fraction, b: Fraction): bigint {
  return a.over * b.under - b.over * a.under;
}

export function larger(a: Fraction, b: Fraction): Fraction {
  return compare(a, b) >= 0n ? a : b;
}
