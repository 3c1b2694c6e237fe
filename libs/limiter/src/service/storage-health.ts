import type { StorageStateMessage } from '../contracts/diagnostics.js';

/** So long nothing must fail before a storage counts as back: one that fails now and then is one line, not many. */
const QUIET_MS = 1000;

type Health =
  { readonly kind: 'serving' } | { readonly kind: 'failing'; readonly since: number; readonly lastFailureAt: number };

const SERVING: Health = Object.freeze({ kind: 'serving' });

/** Whether the storage serves, of which only changes are reported. */
export class StorageHealth {
  #health: Health = SERVING;
  readonly #listeners = new Set<(message: StorageStateMessage) => void>();

  constructor(
    private readonly storage: string,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** @returns a function that stops the listening */
  watch(listener: (message: StorageStateMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  failed(error: unknown): void {
    const now = this.nowMs();
    const { storage } = this;
    if (this.#health.kind === 'serving') this.#report({ storage, state: 'failing', error });
    this.#health = {
      kind: 'failing',
      since: this.#health.kind === 'failing' ? this.#health.since : now,
      lastFailureAt: now,
    };
  }

  answered(): void {
    // Nearly every call stops here.
    if (this.#health.kind === 'serving') return;
    const now = this.nowMs();
    if (now - this.#health.lastFailureAt < QUIET_MS) return;
    const failedForMs = Math.round(this.#health.lastFailureAt - this.#health.since);
    this.#health = SERVING;
    this.#report({ storage: this.storage, state: 'serving', failedForMs });
  }

  #report(message: StorageStateMessage): void {
    for (const listener of this.#listeners) listener(message);
  }
}
