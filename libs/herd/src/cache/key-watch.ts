/** A look at a key that is under way. */
export type Watch = Readonly<{ key: string; slot: Slot; version: number; epoch: number }>;

type Slot = { version: number; watchers: number };

/** Whether a key was changed while something was under way for it: what was read before must not be kept. */
export class KeyWatch {
  private readonly slots = new Map<string, Slot>();
  /** Rises when all keys were changed. */
  epoch = 0;

  begin(key: string): Watch {
    const slot = this.slots.get(key) ?? { version: 0, watchers: 0 };
    slot.watchers++;
    this.slots.set(key, slot);
    return { key, slot, version: slot.version, epoch: this.epoch };
  }

  end({ key, slot }: Watch): void {
    slot.watchers--;
    if (slot.watchers === 0) this.slots.delete(key);
  }

  unchanged({ slot, version, epoch }: Watch): boolean {
    return slot.version === version && this.epoch === epoch;
  }

  changed(keys: readonly string[]): void {
    for (const key of keys) {
      const slot = this.slots.get(key);
      if (slot) slot.version++;
    }
  }

  allChanged(): void {
    this.epoch++;
  }
}
