import type { DocumentPlace } from '../contracts/engine.js';

/** A document or less in each up to 262,144 documents. */
const BUCKETS = 2 ** 18;
/** Buckets made at once, so that a small index costs little; all of them are 3 MB. */
const PAGE = 2 ** 8;
/** How many documents, and two sums of their hashes. */
const NUMBERS = 3;
const EMPTY_PAGE = new Uint32Array(PAGE * NUMBERS);

/**
 * Which documents there are, in constant memory: they are spread over buckets, each with their number and two sums of
 * their hashes. Two lists of other documents have the same in a bucket in one of 10^15 cases.
 */
export class IdFingerprint {
  private readonly pages: (Uint32Array | undefined)[] = Array.from({ length: BUCKETS / PAGE });

  add(place: DocumentPlace): void {
    const [first, second] = hashesOf(place);
    const bucket = first % BUCKETS;
    const page = (this.pages[Math.floor(bucket / PAGE)] ??= new Uint32Array(EMPTY_PAGE.length));
    const at = (bucket % PAGE) * NUMBERS;
    page[at]! += 1;
    page[at + 1]! += first;
    page[at + 2]! += second;
  }

  /** The documents of which one of the two may have another number, or others. */
  differences(other: IdFingerprint): IdDifferences {
    const buckets = new Set<number>();
    for (const [number, page] of this.pages.entries()) {
      const [mine = EMPTY_PAGE, theirs = EMPTY_PAGE] = [page, other.pages[number]];
      if (mine === theirs) continue;
      for (let at = 0; at < mine.length; at += 1)
        if (mine[at] !== theirs[at]) buckets.add(number * PAGE + Math.floor(at / NUMBERS));
    }
    return { size: buckets.size, has: (place) => buckets.has(hashesOf(place)[0] % BUCKETS) };
  }
}

/** Of how many buckets they are, and whether a document is among them. */
export interface IdDifferences {
  readonly size: number;
  readonly has: (place: DocumentPlace) => boolean;
}

/** Two hashes of 32 bits of id and routing (cyrb53). */
function hashesOf({ id, routing }: DocumentPlace): readonly [number, number] {
  const text = routing === undefined ? id : `${id}\u0000${routing}`;
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, 0x9e3779b1);
    b = Math.imul(b ^ unit, 0x5f356495);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return [a >>> 0, b >>> 0];
}
