import type { EntityManager } from '@mikro-orm/core';
import type { DriftedDocument, EntityClass, SearchService } from '@rookery/search';
import type { Running } from './running.js';

/** Commits what `make` changes, and waits until the documents follow. */
export async function changeAndSettle({ orm, search }: Running, make: (em: EntityManager) => unknown): Promise<void> {
  const em = orm.em.fork();
  await make(em);
  await em.flush();
  await search.settled({ timeoutMs: 60_000 });
}

/** What `of` gives, by index. */
export async function byIndex<T>(
  indices: readonly string[],
  of: (index: string) => Promise<T>,
): Promise<Record<string, T>> {
  return Object.fromEntries(await Promise.all(indices.map(async (index) => [index, await of(index)] as const)));
}

/** Every document that differs from its row. */
export async function driftOf(search: SearchService, index: string | EntityClass): Promise<DriftedDocument[]> {
  const found: DriftedDocument[] = [];
  for await (const one of search.migrations.verify(index)) found.push(one);
  return found;
}
