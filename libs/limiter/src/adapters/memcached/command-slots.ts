/** At most `count` commands at a time; the others wait for their turn. The package `memcached` fails what exceeds its pool. */
export class CommandSlots {
  #free: number;
  readonly #waiting: ((release: () => void) => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** @param work is called now or later; its slot is free again when it calls `release`, of which only the first call counts */
  take(work: (release: () => void) => void): void {
    if (this.#free === 0) {
      this.#waiting.push(work);
      return;
    }
    this.#free--;
    let held = true;
    work(() => {
      if (!held) return;
      held = false;
      this.#free++;
      const next = this.#waiting.shift();
      if (next !== undefined) this.take(next);
    });
  }
}
