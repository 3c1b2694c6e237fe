import type { KeyWatch, Watch } from './key-watch.js';

/** A run, and whether its key was invalidated meanwhile. */
export type Flight = Readonly<{ invalidated: boolean }>;

type Entry = {
  result: Promise<unknown>;
  isShared: boolean;
  readonly flight: { invalidated: boolean };
  readonly watch: Watch | undefined;
};

/** What is notified of changes by other processes. */
export type Changes = Pick<KeyWatch, 'begin' | 'end' | 'unchanged'>;

/** One run per key at a time: a call meanwhile gets the same answer. */
export class SingleFlight {
  private readonly entries = new Map<string, Entry>();

  /** @param changes of keys: who calls after one gets a run of its own. */
  constructor(private readonly changes?: Changes) {}

  /**
   * @param work sees in its flight whether the key was invalidated meanwhile: then what it made must not be kept.
   * @param copy makes what each of several callers is given, before any of them has it.
   */
  run<Result>(
    key: string,
    work: (flight: Flight) => Promise<Result>,
    copy: (result: Result) => Result = (result) => result,
  ): Promise<Result> {
    const present = this.entries.get(key);
    const isJoined = present !== undefined && this.isOfNow(present);
    const entry = isJoined ? present : this.begin(key, work);
    if (isJoined) entry.isShared = true;
    return (entry.result as Promise<Result>).then((result) => (entry.isShared ? copy(result) : result));
  }

  private begin(key: string, work: (flight: Flight) => Promise<unknown>): Entry {
    const flight = { invalidated: false };
    const watch = this.changes?.begin(key);
    const entry: Entry = { flight, watch, isShared: false, result: Promise.resolve() };
    const result = work(flight).finally(() => {
      if (entry.watch) this.changes!.end(entry.watch);
      if (this.entries.get(key) === entry) this.entries.delete(key);
    });
    entry.result = result;
    this.entries.set(key, entry);
    return entry;
  }

  private isOfNow({ watch }: Entry): boolean {
    return watch === undefined || this.changes!.unchanged(watch);
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
