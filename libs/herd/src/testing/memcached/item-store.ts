/** What an item is made of; `expiresAt` is epoch milliseconds. `binaryKey`: replies name its key in base64. */
export type NewItem = Readonly<{
  data: Buffer;
  flags: number;
  expiresAt: number;
  binaryKey?: boolean;
  stale?: boolean;
  won?: boolean;
}>;

/**
 * A stored item; times are epoch milliseconds. `fetched`: it was read since it was stored. `stale` and `won` are the marks of
 * the meta commands: it is out of date, and some client has won the right to make it anew.
 */
export type Item = {
  data: Buffer;
  readonly flags: number;
  cas: bigint;
  readonly storedAt: number;
  expiresAt: number;
  accessedAt: number;
  readonly binaryKey: boolean;
  fetched: boolean;
  stale: boolean;
  won: boolean;
};

/** What memcached itself adds to each item: header, cas id, and the ends of key and value. */
const overheadBytes = 59;

/** The largest item that memcached accepts with its default `-I`. */
export const maxItemBytes = 1024 * 1024;

export const itemBytes = (keyBytes: number, valueBytes: number, flags: number): number =>
  overheadBytes + keyBytes + valueBytes + (flags === 0 ? 0 : 4);

/** Least recently used items go first once `maxBytes` is passed; `now` is epoch milliseconds. */
export class ItemStore {
  private readonly items = new Map<string, Item>();
  private lastCas = 0n;
  private flushAt = Infinity;
  bytes = 0;
  evictions = 0;

  constructor(
    readonly maxBytes: number,
    readonly now: () => number,
  ) {}

  get size(): number {
    return this.items.size;
  }

  /** The item, if it lives: marks nothing. */
  get(key: string): Item | undefined {
    const item = this.items.get(key);
    if (!item || !this.isDead(item)) return item;
    this.delete(key);
    return undefined;
  }

  /** Notes that `item` was read: it is the most recently used one now. */
  bump(key: string, item: Item): void {
    item.fetched = true;
    item.accessedAt = this.now();
    if (this.items.get(key) !== item) return;
    this.items.delete(key);
    this.items.set(key, item);
  }

  /** Stores, also what is over already, which counts as a version of its own. */
  set(key: string, { data, flags, expiresAt, binaryKey = false, stale = false, won = false }: NewItem): Item {
    this.delete(key);
    const now = this.now();
    const item: Item = {
      data,
      flags,
      cas: this.nextCas(),
      storedAt: now,
      expiresAt,
      accessedAt: now,
      binaryKey,
      fetched: false,
      stale,
      won,
    };
    this.items.set(key, item);
    this.bytes += this.bytesOf(key, item);
    this.evict();
    return item;
  }

  /** Puts other data of the same length in place: the item stays, as another version. */
  overwrite(item: Item, data: Buffer): void {
    item.data = data;
    item.cas = this.nextCas();
  }

  nextCas(): bigint {
    return ++this.lastCas;
  }

  delete(key: string): boolean {
    const item = this.items.get(key);
    if (!item) return false;
    this.items.delete(key);
    this.bytes -= this.bytesOf(key, item);
    return !this.isDead(item);
  }

  /** Drops what is stored before `at` (epoch milliseconds) once that moment has come; one flush is kept. */
  flush(at: number): void {
    this.flushAt = Infinity;
    if (at > this.now()) this.flushAt = at;
    else {
      this.items.clear();
      this.bytes = 0;
    }
  }

  private evict(): void {
    for (const [key, item] of this.items) {
      if (this.bytes <= this.maxBytes) return;
      this.items.delete(key);
      this.bytes -= this.bytesOf(key, item);
      if (!this.isDead(item)) this.evictions++;
    }
  }

  private isDead(item: Item): boolean {
    const now = this.now();
    return item.expiresAt <= now || (now >= this.flushAt && item.storedAt < this.flushAt);
  }

  private bytesOf(key: string, item: Item): number {
    return itemBytes(key.length, item.data.length, item.flags);
  }
}
