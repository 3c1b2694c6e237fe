/** Above this many keys, the whole node is to be invalidated. */
const maxKeys = 10_000;

/** The keys whose value on a node may be stale, as a write did not (or not surely) reach it. Bounded. */
export class PendingInvalidations {
  private readonly keys = new Set<string>();
  private everything = false;

  get empty(): boolean {
    return !this.everything && this.keys.size === 0;
  }

  has(key: string): boolean {
    return this.everything || this.keys.has(key);
  }

  add(keys: readonly string[] | 'all'): void {
    if (keys === 'all') this.everything = true;
    else if (!this.everything) for (const key of keys) this.keys.add(key);
    if (this.keys.size > maxKeys) this.everything = true;
    if (this.everything) this.keys.clear();
  }

  /** Removes and returns up to `count` keys, or `all`; those that could not be invalidated are to be added again. */
  take(count: number): readonly string[] | 'all' {
    if (this.everything) {
      this.everything = false;
      return 'all';
    }
    const taken = [...this.keys].slice(0, count);
    for (const key of taken) this.keys.delete(key);
    return taken;
  }
}
