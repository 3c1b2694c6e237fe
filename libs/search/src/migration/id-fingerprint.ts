import type { DocumentPlace } from '../contracts/engine.js';

/** 6 MB for two of them, and a document or less in each up to 262,144 documents. */
const BUCKETS = 2 ** 18;

/**
 * Which documents there are, in constant memory: they are spread over buckets, each with their number and two sums of
 * their hashes. Two lists of other documents have the same in a bucket in one of 10^15 cases.
 */
export class IdFingerprint {
  private readonly counts = new Uint32Array(BUCKETS);
  private readonly sums = new Uint32Array(BUCKETS);
  private readonly others = new Uint32Array(BUCKETS);

  add(place: DocumentPlace): void {
    const [first, second] = hashesOf(place);
    const bucket = first % BUCKETS;
    this.counts[bucket]! += 1;
    this.sums[bucket]! += first;
    this.others[bucket]! += second;
  }

  /** The documents of which one of the two may have another number, or others. */
  differences(other: IdFingerprint): IdDifferences {
    const buckets = new Set<number>();
    for (let at = 0; at < BUCKETS; at += 1)
      if (
        this.counts[at] !== other.counts[at] ||
        this.sums[at] !== other.sums[at] ||
        this.others[at] !== other.others[at]
      )
        buckets.add(at);
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
