import { StorageFaultError } from '../../errors/storage-fault.js';
import { isFor, type ClusterAnswer, type ClusterCall, type ClusterQuestion, type ClusterReply } from './messages.js';

interface Pending {
  readonly deadline: number;
  readonly resolve: (answer: ClusterAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** How often overdue calls are looked for: one timer for all of them. */
const SWEEP_MS = 10;

/** Of the process, not of one link: two links of one name hear each other's answers. */
let nextId = 0;

/** A worker's way to the primary: calls of one turn of the event loop go in one message. */
export class WorkerLink {
  /** In the order in which they were sent. */
  readonly #pending = new Map<number, Pending>();
  #outbox: (readonly [number, ClusterCall])[] = [];
  #sweeper: NodeJS.Timeout | undefined;

  constructor(
    private readonly name: string,
    private readonly maxPending: number,
  ) {
    process.on('message', this.#receive);
    process.on('disconnect', this.#disconnected);
  }

  ask(call: ClusterCall): Promise<ClusterAnswer> {
    if (!process.connected) return Promise.reject(new StorageFaultError(this.name, 'unreachable'));
    if (this.#pending.size >= this.maxPending) return Promise.reject(new StorageFaultError(this.name, 'overload'));
    return new Promise((resolve, reject) => {
      const id = nextId++;
      this.#pending.set(id, { deadline: performance.now() + call.request.timeoutMs, resolve, reject });
      if (this.#outbox.push([id, call]) === 1) queueMicrotask(() => this.#flush());
      this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
    });
  }

  close(): void {
    process.off('message', this.#receive);
    process.off('disconnect', this.#disconnected);
    this.#failAll('unreachable');
  }

  #flush(): void {
    const calls = this.#outbox;
    this.#outbox = [];
    process.send?.({ rookeryLimiter: this.name, calls } satisfies ClusterQuestion, (error: Error | null) => {
      if (error)
        for (const [id] of calls)
          this.#take(id)?.reject(new StorageFaultError(this.name, 'unreachable', { cause: error }));
    });
  }

  readonly #receive = (message: unknown): void => {
    if (!isFor<ClusterReply>(this.name, message)) return;
    for (const [id, answer, error] of message.answers) {
      if (error === undefined) this.#take(id)?.resolve(answer);
      else this.#take(id)?.reject(new StorageFaultError(this.name, 'unknown', { cause: error }));
    }
  };

  readonly #disconnected = (): void => this.#failAll('unreachable');

  #failAll(fault: 'unreachable'): void {
    for (const id of [...this.#pending.keys()]) this.#take(id)?.reject(new StorageFaultError(this.name, fault));
  }

  #sweep(): void {
    const now = performance.now();
    for (const [id, { deadline }] of this.#pending) {
      if (deadline <= now) this.#take(id)?.reject(new StorageFaultError(this.name, 'timeout'));
    }
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (this.#pending.size === 0) {
      clearInterval(this.#sweeper);
      this.#sweeper = undefined;
    }
    return pending;
  }
}
