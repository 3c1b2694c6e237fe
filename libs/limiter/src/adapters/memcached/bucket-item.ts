import type { BucketState } from '../../algorithm/leaky-bucket.js';

/** One item holds the whole bucket, so that no part of it can be evicted or read alone. The nonce names its writer. */
export interface BucketItem {
  readonly state: BucketState;
  readonly nonce: string;
}

const SHAPE = /^\d+:[\w-]+(:\d+:[1-9]\d*)+$/;

/** `updatedAt:nonce:level:unitsPerToken:level:unitsPerToken…` */
export function encodeItem({ state, nonce }: BucketItem): string {
  return [state.updatedAt, nonce, ...state.levels.flatMap((level, index) => [level, state.unitsPerToken[index]!])].join(
    ':',
  );
}

/** @returns `undefined` where `value` is no bucket */
export function decodeItem(value: unknown): BucketItem | undefined {
  if (typeof value !== 'string' || !SHAPE.test(value)) return undefined;
  const [updatedAt, nonce, ...rest] = value.split(':');
  const numbers = rest.map(Number);
  const state = {
    updatedAt: Number(updatedAt),
    levels: numbers.filter((_, index) => index % 2 === 0),
    unitsPerToken: numbers.filter((_, index) => index % 2 === 1),
  };
  return [state.updatedAt, ...numbers].every(Number.isSafeInteger) ? { state, nonce: nonce! } : undefined;
}
