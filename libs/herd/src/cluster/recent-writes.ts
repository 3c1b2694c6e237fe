/** So many keys are remembered at least, the last ones; twice as many at most. */
const keysPerGeneration = 10_000;

/**
 * The keys written last, and the node that each was last written to. A process that learns of a change later than others wrote them
 * to a node that owned them no more: what the others had copied or loaded meanwhile is older, also where it learns of several changes
 * one after the other. Nothing is ever taken out of a map: that would cost more than all the rest.
 */
export class RecentWrites {
  private present = new Map<string, string>();
  private past: ReadonlyMap<string, string> = new Map();

  add(key: string, owner: string): void {
    if (this.present.size >= keysPerGeneration && !this.present.has(key)) {
      this.past = this.present;
      this.present = new Map();
    }
    this.present.set(key, owner);
  }

  /** @returns the last owner of each key. */
  owners(): ReadonlyMap<string, string> {
    return new Map([...this.past, ...this.present]);
  }
}
