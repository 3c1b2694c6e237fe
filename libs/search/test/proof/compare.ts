import type { MikroORM } from '@mikro-orm/postgresql';
import type { Release } from './models.js';

type Row = { id: number; title: string; stock: number; state: string; author_id: number | null; name: string | null };

/** Reads database and index as plainly as can be, apart from the library. @returns one line per document that differs */
export async function differences(
  orm: MikroORM,
  openSearch: string,
  index: string,
  release: Release,
): Promise<string[]> {
  const rows = await orm.em
    .fork()
    .getConnection()
    .execute<Row[]>(
      'select b.id, b.title, b.stock, b.state, b.author_id, a.name from book b left join author a on a.id = b.author_id',
    );
  const wanted = new Map(rows.map((row) => [String(row.id), canonical(documentOf(row, release))]));
  const found = new Map((await allDocuments(openSearch, index)).map(({ _id, _source }) => [_id, canonical(_source)]));
  const ids = new Set([...wanted.keys(), ...found.keys()]);
  return [...ids]
    .filter((id) => wanted.get(id) !== found.get(id))
    .map((id) => `${index}/${id}: index ${found.get(id) ?? 'nothing'}, database ${wanted.get(id) ?? 'nothing'}`);
}

function documentOf({ title, stock, state, author_id, name }: Row, release: Release): object {
  const author = author_id === null ? null : release === 'next' ? { id: author_id, name } : { name };
  return { title, stock, state, author };
}

async function allDocuments(openSearch: string, index: string): Promise<{ _id: string; _source: object }[]> {
  await fetch(`${openSearch}/${index}/_refresh`, { method: 'POST' });
  const response = await fetch(`${openSearch}/${index}/_search?size=10000`);
  if (!response.ok) throw new Error(`${index}: ${await response.text()}`);
  return ((await response.json()) as { hits: { hits: { _id: string; _source: object }[] } }).hits.hits;
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  return `{${Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => `${name}:${canonical(inner)}`)
    .join()}}`;
}
