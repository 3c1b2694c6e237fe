import type { Driver } from '../contracts/driver.js';
import { withDeadline } from '../support/deadline.js';
import { promised } from '../support/promised.js';

/** What it needs of a driver. */
export type ContactDriver<Client> = Pick<Driver<Client, object>, 'ping' | 'abandon' | 'invalidate' | 'unusedKey'>;

/** What a pool requests of its node beside the operations of its callers: whether it answers, whether it accepts writes, and deletions. */
export class NodeContact<Client> {
  private hasAnswered = false;
  /** The beginning of the key that a probe deletes. */
  private writeProbe: string | undefined;

  /** @param late makes the error of a node that did not answer in time. */
  constructor(
    private readonly client: Client,
    private readonly driver: ContactDriver<Client>,
    private readonly options: Readonly<{ pingTimeoutMs: number; firstContactMs: number }>,
    private readonly late: (what: string) => Error,
  ) {}

  /** The node has answered something. */
  answered(): void {
    this.hasAnswered = true;
  }

  ping(): Promise<void> {
    return this.hasAnswered ? this.pingWithin(this.options.pingTimeoutMs) : this.firstPing();
  }

  /** A ping passes on a replica: a deletion of what nobody has shows whether the node accepts writes. */
  async probe(): Promise<void> {
    await this.pingWithin(this.options.pingTimeoutMs);
    const { writeProbe, driver, client } = this;
    if (driver.invalidate && writeProbe !== undefined)
      await this.deleteKeys([driver.unusedKey?.(client, writeProbe) ?? writeProbe]);
    this.writeProbe = undefined;
  }

  /** From now on, until one succeeds, a probe writes too: to a key such as the first of `keys`. */
  probeWritesBy(keys: readonly string[]): void {
    if (keys.length > 0) this.writeProbe = probeKey(keys[0]!);
  }

  deleteKeys(keys: readonly string[]): Promise<void> {
    return this.within(() => this.driver.invalidate!(this.client, keys), this.options.pingTimeoutMs);
  }

  /** The first contact of a process that is still starting takes longer than any other, and may fail by that alone. */
  private async firstPing(): Promise<void> {
    const start = performance.now();
    const { firstContactMs, pingTimeoutMs } = this.options;
    const left = () => Math.max(pingTimeoutMs, firstContactMs - (performance.now() - start));
    await this.pingWithin(left()).catch(() => this.pingWithin(Math.min(left(), pingTimeoutMs)));
  }

  private async pingWithin(timeoutMs: number): Promise<void> {
    await this.within(() => this.driver.ping(this.client), timeoutMs);
    this.answered();
  }

  private async within(work: () => Promise<void>, timeoutMs: number): Promise<void> {
    const late = () => this.late(`did not answer within ${timeoutMs} ms`);
    await withDeadline(promised(work), timeoutMs, late).catch((error: unknown) => {
      this.driver.abandon(this.client);
      throw error;
    });
  }
}

/** Short enough for any server's limit of keys, and with the beginning by which access may be granted. */
const probeKey = (key: string): string => `${key.slice(0, 40).replace(cutPair, '')}:rookery-write-probe`;

/** Half of a surrogate pair at the end: drivers refuse such keys. */
const cutPair = /[\ud800-\udbff]$/;
