import type { LeaseCommands } from '../contracts/lease-commands.js';
import { cacheKey } from './cache-key.js';
import type { CacheSource } from './cache-source.js';
import { deepFreeze } from './deep-freeze.js';
import { asEntry, isFresh } from './entry.js';
import type { Entry } from './entry.js';
import { grantedLease, otherLease, writeEntry } from './lease.js';
import type { Lease } from './lease.js';
import type { MemoryTier } from './memory-tier.js';
import type { Changed, RecentChanges } from './recent-changes.js';
import { deleteTagVersions, standingTags } from './tags.js';

/** What a look at one key found: a lease where the server gave one, or has given it to another, with the answer. */
export type Look = Readonly<{ entry?: Entry | undefined; lease?: Lease }>;

/**
 * Where the keys of a cache stand. `epoch`: of the memory, before that was read: after a `clear()` since then a reader keeps nothing of
 * it. `route`: by which set of nodes it was routed.
 */
export type Prefix = Readonly<{ parts: readonly string[]; epoch: number; route: number }>;

/** The entries of a cache on the nodes; with memory, what is read is kept there. */
export class StoredEntries {
  constructor(
    private readonly source: CacheSource,
    private readonly memory: MemoryTier | undefined,
    private readonly changes: RecentChanges,
  ) {}

  /** The entries of `keys`, fresh or not, whose tags stand. */
  readMany(prefix: Prefix, keys: readonly string[]): Promise<Map<string, Entry>> {
    return this.watching(keys, async (keep) => {
      await this.deleteChanged(prefix, keys);
      const stored = keys.map((key) => cacheKey(...prefix.parts, key));
      const [only] = stored;
      const values: ReadonlyMap<string, unknown> =
        stored.length === 1
          ? new Map([[only!, await this.source.commands.get(only!)]])
          : await this.source.commands.getMany(stored);
      return keep(
        prefix,
        stored.map((name) => asEntry(values.get(name))),
      );
    });
  }

  /** The fresh entries of `keys`. */
  async readFresh(prefix: Prefix, keys: readonly string[]): Promise<Map<string, Entry>> {
    const found = await this.readMany(prefix, keys);
    const now = this.source.now();
    return new Map([...found].filter(([, entry]) => isFresh(entry, now)));
  }

  async read(prefix: Prefix, key: string): Promise<Entry | undefined> {
    return (await this.readMany(prefix, [key])).get(key);
  }

  /**
   * Reads one key, and has what is missing reserved for this caller, by one request.
   *
   * @returns `undefined` where the node gave no answer: neither a value nor a lease.
   */
  async readLeased(
    commands: LeaseCommands,
    prefix: Prefix,
    key: string,
    leaseTtlMs: number,
  ): Promise<Look | undefined> {
    const stored = cacheKey(...prefix.parts, key);
    let look: Look | undefined;
    const found = await this.watching([key], async (keep) => {
      await this.deleteChanged(prefix, [key]);
      const leased = await commands.getLeased(stored, { leaseTtl: leaseTtlMs });
      if (leased.lease !== undefined) look = { lease: grantedLease(this.source, commands, stored, leased.lease) };
      else if (leased.held) look = { lease: otherLease };
      else if (leased.state !== 'missing') look = {};
      return leased.state === 'fresh' ? keep(prefix, [asEntry(leased.value)]) : new Map<string, Entry>();
    });
    return look && { ...look, entry: found.get(key) };
  }

  async writeMany(
    entries: readonly (readonly [stored: string, entry: Entry])[],
    lifeMs: number,
  ): Promise<ReadonlyMap<string, boolean>> {
    const { commands, ttlOf } = this.source;
    if (commands.setMany && entries.length > 1) return commands.setMany(entries, { ttl: ttlOf(lifeMs) });
    const write = async ([name, entry]: readonly [string, Entry]) =>
      [name, await writeEntry(this.source, name, entry, lifeMs)] as const;
    return new Map(await Promise.all(entries.map(write)));
  }

  /** @param stored keys as they are on the nodes. */
  async removeMany(stored: readonly string[]): Promise<ReadonlyMap<string, boolean>> {
    const { commands } = this.source;
    if (commands.deleteMany && stored.length > 1) return commands.deleteMany(stored);
    return new Map(await Promise.all(stored.map(async (name) => [name, await commands.delete(name)] as const)));
  }

  /** What this process has changed under another prefix than this: what another process has stored here meanwhile may be older. */
  private async deleteChanged(prefix: Prefix, keys: readonly string[]): Promise<void> {
    const open = keys.filter((name) => this.isOpen({ kind: 'key', name }, prefix));
    if (open.length === 0) return;
    await this.removeMany(open.map((key) => cacheKey(...prefix.parts, key)));
    for (const name of open) this.changes.carriedOut({ kind: 'key', name }, prefix);
  }

  private isOpen(changed: Changed, prefix: Prefix): boolean {
    return this.changes.isOpen(changed, prefix, this.source.standInLifeMs !== undefined);
  }

  /** {@link deleteChanged} for the tags of what was found. */
  private async deleteChangedTags(prefix: Prefix, entries: readonly (Entry | undefined)[]): Promise<void> {
    const tags = new Set(entries.flatMap((entry) => Object.keys(entry?.tags ?? {})));
    const open = [...tags].filter((name) => this.isOpen({ kind: 'tag', name }, prefix));
    if (open.length === 0) return;
    await deleteTagVersions(this.source, prefix.parts, open);
    for (const name of open) this.changes.carriedOut({ kind: 'tag', name }, prefix);
  }

  /** @param read is given a function that drops entries whose tags do not stand, and keeps the others in memory. */
  private async watching(
    keys: readonly string[],
    read: (
      keep: (prefix: Prefix, entries: readonly (Entry | undefined)[]) => Promise<Map<string, Entry>>,
    ) => Promise<Map<string, Entry>>,
  ): Promise<Map<string, Entry>> {
    const { memory } = this;
    const watches = memory && keys.map((key) => memory.begin(key));
    try {
      return await read(async (prefix, given) => {
        const entries = given.map((entry, i) => (entry && this.changes.allows(keys[i]!, entry) ? entry : undefined));
        await this.deleteChangedTags(prefix, entries);
        const tags = entries.map((entry) => entry?.tags);
        const standing = await standingTags(this.source, prefix.parts, tags);
        const found = new Map<string, Entry>();
        for (const [i, entry] of entries.entries()) {
          if (!entry || !standing[i]) continue;
          found.set(keys[i]!, entry);
          if (!memory) continue;
          deepFreeze(entry.value);
          if (memory.epoch === prefix.epoch) memory.keep(watches![i]!, entry);
        }
        return found;
      });
    } finally {
      watches?.forEach((watch) => memory!.end(watch));
    }
  }
}
