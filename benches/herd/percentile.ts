/** @returns the value that `percent` of `values` do not pass, to two decimals; 0 of none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1);
  return Number((sorted[Math.max(0, place)] ?? 0).toFixed(2));
}
