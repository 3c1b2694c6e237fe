import { jsonCodec } from '../codec/json.codec.js';
import { entryOf } from './entry.js';
import { MemoryTier } from './memory-tier.js';

let now = 0;
const tier = (limits: Partial<MemoryTier['limits']> = {}): MemoryTier =>
  new MemoryTier({ maxEntries: 3, maxBytes: 10_000, ttlMs: 1000, ...limits }, jsonCodec, () => now);
const keep = (
  memory: MemoryTier,
  key: string,
  value: unknown,
  ttlMs = 60_000,
  tags: Record<string, string> = {},
): void => {
  const watch = memory.begin(key);
  memory.keep(watch, entryOf(value, ttlMs, now, 0, tags));
  memory.end(watch);
};

describe('the memory tier', () => {
  it('drops what was used least recently, by number and by bytes', () => {
    const memory = tier();
    for (const key of ['a', 'b', 'c']) keep(memory, key, key);
    memory.get('a');
    keep(memory, 'd', 'd');
    expect(['a', 'b', 'c', 'd'].map((key) => memory.get(key)?.value)).toEqual(['a', undefined, 'c', 'd']);
    keep(memory, 'large', 'x'.repeat(9000));
    expect([memory.size, memory.get('large')?.value]).toEqual([3, 'x'.repeat(9000)]);
    keep(memory, 'larger', 'x'.repeat(9500));
    expect(memory.size).toBe(1);
    keep(memory, 'too large', 'x'.repeat(20_000));
    expect([memory.get('too large'), memory.size]).toEqual([undefined, 1]);
  });

  it('counts the bytes of what it drops, replaces and ends', () => {
    const memory = tier({ maxEntries: 1000, maxBytes: 100_000 });
    for (let round = 0; round < 2000; round++) {
      keep(memory, `k${round % 90}`, 'x'.repeat(round % 800));
      if (round % 7 === 0) memory.apply({ kind: 'keys', keys: [`k${round % 50}`] });
      if (round % 501 === 0) memory.apply({ kind: 'all' });
    }
    for (let i = 0; i < 90; i++) keep(memory, `k${i}`, 'x');
    expect(memory.size).toBe(90);
  });

  it('ends at the end of the value or of memory.ttl, whichever is first', () => {
    now = 0;
    const memory = tier();
    keep(memory, 'short', 1, 500);
    keep(memory, 'long', 2, 5000);
    now = 499;
    expect([memory.get('short')?.value, memory.get('long')?.value]).toEqual([1, 2]);
    now = 500;
    expect([memory.get('short'), memory.get('long')?.value]).toEqual([undefined, 2]);
    now = 1000;
    expect(memory.get('long')).toBeUndefined();
  });

  it('keeps a known absence, and freezes what it shares', () => {
    now = 0;
    const memory = tier();
    keep(memory, 'none', undefined);
    expect(memory.get('none')).toMatchObject({ value: undefined });
    const value = { a: [{ b: 1 }] };
    keep(memory, 'k', value);
    expect(() => (value.a[0]!.b = 2)).toThrow(TypeError);
    expect(memory.get('k')?.value).toBe(value);
  });

  it('gives each reader a copy of what cannot be frozen', () => {
    const codec = {
      encode: (v: unknown) => ({ bytes: Buffer.from(String((v as Date).getTime())), flags: 0 }),
      decode: ({ bytes }: { bytes: Buffer }) => new Date(Number(bytes)),
    };
    const memory = new MemoryTier({ maxEntries: 3, maxBytes: 10_000, ttlMs: 1000 }, codec, () => 0);
    keep(memory, 'k', new Date(5));
    (memory.get('k')!.value as Date).setTime(9);
    expect(memory.get('k')?.value).toEqual(new Date(5));
  });

  it.each([
    [{ kind: 'keys', keys: ['k'] } as const, false],
    [{ kind: 'keys', keys: ['other'] } as const, true],
    [{ kind: 'tags', tags: ['t'] } as const, false],
    [{ kind: 'all' } as const, false],
  ])('does not keep what was being read when %j came', (change, kept) => {
    const memory = tier();
    const watch = memory.begin('k');
    memory.apply(change);
    memory.keep(watch, entryOf('old', 60_000, now, 0));
    memory.end(watch);
    expect(memory.get('k') !== undefined).toBe(kept);
  });

  it('drops by tags those alone that have one', () => {
    const memory = tier();
    keep(memory, 'a', 1, 60_000, { t: 'v', u: 'v' });
    keep(memory, 'b', 2, 60_000, { u: 'v' });
    memory.apply({ kind: 'tags', tags: ['x', 't'] });
    expect([memory.get('a'), memory.get('b')?.value]).toEqual([undefined, 2]);
  });
});
