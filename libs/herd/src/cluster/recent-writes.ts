/** So many keys are remembered at least, the last ones; twice as many at most. */
const keysPerGeneration = 10_000;

/**
 * The keys written last since the table was last replaced. A process that learns of a change later than others wrote them to a node that owned them no more: what
 * the others had copied or loaded meanwhile is older. Nothing is ever taken out of a set: that would cost more than all the rest.
 */
export class RecentWrites {
  private present = new Set<string>();
  private past: ReadonlySet<string> = new Set();

  add(key: string): void {
    if (this.present.has(key)) return;
    if (this.present.size >= keysPerGeneration) {
      this.past = this.present;
      this.present = new Set();
    }
    this.present.add(key);
  }

  /** @returns those of the table that is left now: later ones are counted anew. */
  taken(): readonly string[] {
    const keys = [...new Set([...this.past, ...this.present])];
    this.past = new Set();
    this.present = new Set();
    return keys;
  }
}
