import { Injectable } from '@nestjs/common';

export type HitsAndMisses = Readonly<{ hits: number; misses: number }>;
const NONE: HitsAndMisses = Object.freeze({ hits: 0, misses: 0 });

/** What was asked of each node since the start, and whether it had it. A node that does not answer has it not. */
@Injectable()
export class CacheCounts {
  readonly #byNode = new Map<string, HitsAndMisses>();

  count(node: string | undefined, isHit: boolean): void {
    if (node === undefined) return;
    const { hits, misses } = this.of(node);
    this.#byNode.set(node, isHit ? { hits: hits + 1, misses } : { hits, misses: misses + 1 });
  }

  of(node: string): HitsAndMisses {
    return this.#byNode.get(node) ?? NONE;
  }
}
