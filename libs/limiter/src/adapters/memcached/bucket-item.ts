import { fromNumbers, toNumbers } from '../../algorithm/state-numbers.js';
import type { BucketState } from '../../algorithm/bucket-state.js';

/** One item holds the whole bucket, so that no part of it can be evicted or read alone. The nonce names its writer. */
export interface BucketItem {
  readonly state: BucketState;
  readonly nonce: string;
}

const SHAPE = /^[\w-]+(:\d+)+$/;

/** `nonce:number:number…`, the numbers of the state. */
export function encodeItem({ state, nonce }: BucketItem): string {
  return [nonce, ...toNumbers(state)].join(':');
}

/** @returns `undefined` where `value` is no bucket */
export function decodeItem(value: unknown): BucketItem | undefined {
  if (typeof value !== 'string' || !SHAPE.test(value)) return undefined;
  const [nonce, ...numbers] = value.split(':');
  const state = fromNumbers(numbers.map(Number));
  return state && { state, nonce: nonce! };
}
