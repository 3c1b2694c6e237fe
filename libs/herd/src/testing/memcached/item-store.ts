/** A stored item. `expiresAt` is epoch milliseconds; `storedAt` likewise. */
export type Item = Readonly<{ data: Buffer; flags: number; cas: bigint; storedAt: number; expiresAt: number }>;

/** What memcached itself adds to each item: header, cas id, and the ends of key and value. */
const overheadBytes = 59;

/** The largest item that memcached takes with its default `-I`. */
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

  get(key: string): Item | undefined {
    const item = this.items.get(key);
    if (!item) return undefined;
    this.items.delete(key);
    if (this.isDead(item)) {
      this.bytes -= this.bytesOf(key, item);
      return undefined;
    }
    this.items.set(key, item);
    return item;
  }

  set(key: string, data: Buffer, flags: number, expiresAt: number): void {
    this.delete(key);
    const now = this.now();
    if (expiresAt <= now) return;
    const item: Item = { data, flags, cas: ++this.lastCas, storedAt: now, expiresAt };
    this.items.set(key, item);
    this.bytes += this.bytesOf(key, item);
    this.evict();
  }

  /** Changes the expiry alone; the cas id stays. */
  touch(key: string, item: Item, expiresAt: number): void {
    if (expiresAt <= this.now()) this.delete(key);
    else this.items.set(key, { ...item, expiresAt });
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
