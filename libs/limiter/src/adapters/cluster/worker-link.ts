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

/** A primary that has not answered anything for so long does not serve: from then on a call fails at once. */
const UNSERVED_AFTER_MS = 1000;
/** Between two calls that look whether it serves by now. */
const PROBE_EVERY_MS = 1000;

/** How often overdue calls are looked for: one timer for all of them. */
const SWEEP_MS = 10;

/** Whether the primary has ever answered. */
type Hearing =
  | { readonly kind: 'unasked' }
  | { readonly kind: 'waiting'; readonly since: number; readonly probedAt: number }
  | { readonly kind: 'heard' };

const HEARD: Hearing = Object.freeze({ kind: 'heard' });
const UNSERVED = new Error(
  'the primary has not answered yet: call clusterStorage() in it too, by the same name; the primary of PM2 is its own, so use Redis or memcached there',
);

/** Of the process, not of one link: two links of one name receive each other's answers. */
let nextId = 0;

/** A worker's way to the primary: calls of one turn of the event loop go in one message. */
export class WorkerLink {
  #state: LinkState = { kind: 'idle' };
  /** Calls of this turn. */
  #outbox: (readonly [number, ClusterCall])[] = [];

  #hearing: Hearing = { kind: 'unasked' };

  constructor(
    private readonly name: string,
    private readonly maxPending: number,
  ) {
    process.on('message', this.#receive);
    process.on('disconnect', this.#disconnected);
  }

  call(call: ClusterCall): Promise<ClusterAnswer> {
    if (this.#state.kind === 'closed' || !process.connected) return Promise.reject(this.#fault('unreachable'));
    if (!this.#mayAsk()) return Promise.reject(this.#fault('unreachable', UNSERVED));
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

  /** False while the primary does not serve, but for a probe now and then. */
  #mayAsk(): boolean {
    const hearing = this.#hearing;
    if (hearing.kind === 'heard') return true;
    const now = performance.now();
    if (hearing.kind === 'unasked') {
      this.#hearing = { kind: 'waiting', since: now, probedAt: now };
      return true;
    }
    if (now - hearing.since < UNSERVED_AFTER_MS) return true;
    if (now - hearing.probedAt < PROBE_EVERY_MS) return false;
    this.#hearing = { ...hearing, probedAt: now };
    return true;
  }

  #wait(): LinkState & { kind: 'waiting' } {
    if (this.#state.kind === 'waiting') return this.#state;
    // What has arrived is read before anything is given up.
    const sweeper = setInterval(() => setImmediate(() => this.#sweep()), SWEEP_MS).unref();
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
    this.#hearing = HEARD;
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
      const cause = this.#hearing.kind === 'heard' ? undefined : UNSERVED;
      if (deadline <= now) this.#take(id)?.reject(this.#fault('timeout', cause));
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
