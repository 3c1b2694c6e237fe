import { StorageFaultError, type StorageFaultKind } from '../../errors/storage-fault.js';
import { isFor, type ClusterAnswer, type ClusterCall, type ClusterReply, type ClusterRequest } from './messages.js';

interface Pending {
  readonly deadline: number;
  readonly resolve: (answer: ClusterAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** A link sweeps exactly while calls wait for the primary; `pending` holds them in the order in which they were sent. */
type LinkState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'waiting'; readonly pending: Map<number, Pending>; readonly sweeper: NodeJS.Timeout }
  | { readonly kind: 'closed' };

/** How often overdue calls are looked for: one timer for all of them. */
const SWEEP_MS = 10;

/** Of the process, not of one link: two links of one name hear each other's answers. */
let nextId = 0;

/** A worker's way to the primary: calls of one turn of the event loop go in one message. */
export class WorkerLink {
  #state: LinkState = { kind: 'idle' };
  /** Calls of this turn. */
  #outbox: (readonly [number, ClusterCall])[] = [];

  constructor(
    private readonly name: string,
    private readonly maxPending: number,
  ) {
    process.on('message', this.#receive);
    process.on('disconnect', this.#disconnected);
  }

  call(call: ClusterCall): Promise<ClusterAnswer> {
    if (this.#state.kind === 'closed' || !process.connected) return Promise.reject(this.#fault('unreachable'));
    const { pending } = this.#wait();
    if (pending.size >= this.maxPending) return Promise.reject(this.#fault('overload'));
    return new Promise((resolve, reject) => {
      const id = nextId++;
      pending.set(id, { deadline: performance.now() + call.request.timeoutMs, resolve, reject });
      if (this.#outbox.push([id, call]) === 1) queueMicrotask(() => this.#flush());
    });
  }

  close(): void {
    process.off('message', this.#receive);
    process.off('disconnect', this.#disconnected);
    this.#failAll('unreachable');
    this.#state = { kind: 'closed' };
  }

  #wait(): LinkState & { kind: 'waiting' } {
    if (this.#state.kind === 'waiting') return this.#state;
    const sweeper = setInterval(() => this.#sweep(), SWEEP_MS).unref();
    return (this.#state = { kind: 'waiting', pending: new Map<number, Pending>(), sweeper });
  }

  #flush(): void {
    const calls = this.#outbox;
    this.#outbox = [];
    process.send?.({ rookeryLimiter: this.name, calls } satisfies ClusterRequest, (error: Error | null) => {
      if (error) for (const [id] of calls) this.#take(id)?.reject(this.#fault('unreachable', error));
    });
  }

  readonly #receive = (message: unknown): void => {
    if (!isFor<ClusterReply>(this.name, message)) return;
    for (const [id, answer, error] of message.answers) {
      if (error === undefined) this.#take(id)?.resolve(answer);
      else this.#take(id)?.reject(this.#fault('unknown', error));
    }
  };

  readonly #disconnected = (): void => this.#failAll('unreachable');

  #failAll(kind: StorageFaultKind): void {
    if (this.#state.kind !== 'waiting') return;
    for (const id of [...this.#state.pending.keys()]) this.#take(id)?.reject(this.#fault(kind));
  }

  #sweep(): void {
    if (this.#state.kind !== 'waiting') return;
    const now = performance.now();
    for (const [id, { deadline }] of this.#state.pending) {
      if (deadline <= now) this.#take(id)?.reject(this.#fault('timeout'));
    }
  }

  /** The call of that id, which waits no longer; the last one stops the sweeper. */
  #take(id: number): Pending | undefined {
    if (this.#state.kind !== 'waiting') return undefined;
    const { pending, sweeper } = this.#state;
    const taken = pending.get(id);
    pending.delete(id);
    if (pending.size === 0) {
      clearInterval(sweeper);
      this.#state = { kind: 'idle' };
    }
    return taken;
  }

  #fault(kind: StorageFaultKind, cause?: unknown): StorageFaultError {
    return new StorageFaultError(this.name, kind, cause === undefined ? undefined : { cause });
  }
}
