import type { OptionRule } from '../support/option-table.js';
import type { Comparison } from './verifier.js';

/** What of the documents is compared with the rows: their ids, all contents, or those of a number of them. */
export type VerifyMode = 'ids' | 'contents' | `sample:${number}`;

const SAMPLE = /^sample:([1-9]\d{0,5})$/;

export const aVerifyMode: OptionRule = {
  accepts: (value) => value === 'ids' || value === 'contents' || (typeof value === 'string' && SAMPLE.test(value)),
  requirement: "must be 'ids', 'contents' or 'sample:1000', of 1 to 999999 documents",
};

export function comparisonOf(mode: VerifyMode): Comparison {
  const documents = SAMPLE.exec(mode)?.[1];
  if (documents !== undefined) return { of: 'sample', documents: Number(documents) };
  return { of: mode === 'contents' ? 'contents' : 'ids' };
}
