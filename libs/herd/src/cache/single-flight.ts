/** A run, and whether its key was invalidated meanwhile. */
export type Flight = Readonly<{ invalidated: boolean }>;

type Entry = { result: Promise<unknown>; readonly flight: { invalidated: boolean } };

/** One run per key at a time: a call meanwhile gets the same answer. */
export class SingleFlight {
  private readonly entries = new Map<string, Entry>();

  /** @param work sees in its flight whether the key was invalidated meanwhile: then what it made must not be kept. */
  run<Result>(key: string, work: (flight: Flight) => Promise<Result>): Promise<Result> {
    const present = this.entries.get(key);
    if (present) return present.result as Promise<Result>;
    const flight = { invalidated: false };
    const entry: Entry = { flight, result: Promise.resolve() };
    const result = work(flight).finally(() => {
      if (this.entries.get(key) === entry) this.entries.delete(key);
    });
    entry.result = result;
    this.entries.set(key, entry);
    return result;
  }

  /** A call from now on gets a run of its own. */
  invalidate(key: string): void {
    const entry = this.entries.get(key);
    if (entry) entry.flight.invalidated = true;
    this.entries.delete(key);
  }

  /** {@link invalidate} of all keys. */
  invalidateAll(): void {
    for (const key of [...this.entries.keys()]) this.invalidate(key);
  }
}
