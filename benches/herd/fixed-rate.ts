import { setTimeout as pause } from 'node:timers/promises';

/** One request that has ended, and how; `begun` is by the clock of `performance.now()`. */
export type Ended = Readonly<{
  key: string;
  begun: number;
  ms: number;
  outcome: 'answered' | 'failed';
  value?: unknown;
}>;

/** Sends requests at a fixed rate, whether or not those before are answered. */
export class FixedRate {
  private ended: Ended[] = [];
  private open = 0;
  private running = true;

  constructor(
    perSecond: number,
    keys: readonly string[],
    private readonly request: (key: string) => Promise<unknown>,
  ) {
    void this.run(perSecond, keys);
  }

  /** What has ended since the last time. */
  take(): readonly Ended[] {
    const taken = this.ended;
    this.ended = [];
    return taken;
  }

  /** How many requests have no answer yet. */
  get waiting(): number {
    return this.open;
  }

  stop(): void {
    this.running = false;
  }

  private async run(perSecond: number, keys: readonly string[]): Promise<void> {
    for (let sent = 0, start = performance.now(); this.running; await pause(1)) {
      for (const due = ((performance.now() - start) * perSecond) / 1000; sent < due; sent++)
        void this.send(keys[sent % keys.length]!);
    }
  }

  private async send(key: string): Promise<void> {
    const begun = performance.now();
    const end = (outcome: Ended['outcome'], value?: unknown): void =>
      void this.ended.push({ key, begun, ms: performance.now() - begun, outcome, value });
    this.open++;
    await this.request(key).then(
      (value) => end('answered', value),
      () => end('failed'),
    );
    this.open--;
  }
}
