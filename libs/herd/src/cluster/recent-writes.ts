/** Keys that are remembered, the last ones. */
const maxKeys = 10_000;

/**
 * The keys written last since the table was last replaced. A process that learns of a change later than others wrote them to a node that owned them no more: what
 * the others had copied or loaded meanwhile is older.
 */
export class RecentWrites {
  private readonly keys = new Set<string>();

  add(key: string): void {
    if (this.keys.delete(key) || this.keys.size < maxKeys) return void this.keys.add(key);
    const [oldest] = this.keys;
    this.keys.delete(oldest!);
    this.keys.add(key);
  }

  /** @returns those of the table that is left now: later ones are counted anew. */
  taken(): readonly string[] {
    const keys = [...this.keys];
    this.keys.clear();
    return keys;
  }
}
