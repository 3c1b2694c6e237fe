import { randomBytes } from 'node:crypto';

import type { CacheSource } from './cache-source.js';
import { cacheKey } from './cache-key.js';

/** The version of each tag of a value, as it was when making it began. */
export type TagVersions = Readonly<Record<string, string>>;

/** Reads of tags cost a request: a value has at most so many. */
export const maxTags = 20;

const tagKey = ([space, ...prefix]: readonly string[], tag: string): string => cacheKey(`tag-${space}`, ...prefix, tag);
const freshVersion = (): string => randomBytes(9).toString('base64url');

/** @returns `undefined` while a tag's version cannot be read: what is made now must not be kept. */
export async function readTagVersions(
  { owners: commands }: CacheSource,
  prefix: readonly string[],
  tags: readonly string[],
): Promise<TagVersions | undefined> {
  if (tags.length === 0) return {};
  const keys = tags.map((tag) => tagKey(prefix, tag));
  const found = await commands.getMany<string>(keys);
  const versions: [tag: string, version: string][] = [];
  for (const [i, tag] of tags.entries()) {
    const key = keys[i]!;
    // Random, so that one that was lost by eviction does not bring back what was dropped.
    const version = found.get(key) ?? (await began(commands, key));
    if (typeof version !== 'string') return undefined;
    versions.push([tag, version]);
  }
  // Not by assignment, of which a tag `__proto__` would leave nothing.
  return Object.fromEntries(versions);
}

async function began(commands: CacheSource['commands'], key: string): Promise<string | undefined> {
  const version = freshVersion();
  return (await commands.add(key, version, { ttl: 'never' })) ? version : commands.get<string>(key);
}

/** Whether the versions of `entries` are still those of now, in one request for all. */
export async function standingTags(
  { owners: commands }: CacheSource,
  prefix: readonly string[],
  entries: readonly (TagVersions | undefined)[],
): Promise<readonly boolean[]> {
  const tags = [...new Set(entries.flatMap((versions) => Object.keys(versions ?? {})))];
  if (tags.length === 0) return entries.map(() => true);
  const found = await commands.getMany<string>(tags.map((tag) => tagKey(prefix, tag)));
  return entries.map((versions = {}) =>
    Object.entries(versions).every(([tag, version]) => found.get(tagKey(prefix, tag)) === version),
  );
}

/** @returns for each tag whether it was surely deleted. */
export async function deleteTagVersions(
  { owners: commands }: CacheSource,
  prefix: readonly string[],
  tags: readonly string[],
): Promise<boolean> {
  const stored = await Promise.all(
    tags.map((tag) => commands.set(tagKey(prefix, tag), freshVersion(), { ttl: 'never' })),
  );
  return stored.every(Boolean);
}
