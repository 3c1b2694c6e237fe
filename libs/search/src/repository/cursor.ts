import { hash } from 'node:crypto';
import { SearchQueryError } from '../errors/query.errors.js';
import type { Wire } from '../query/wire-value.js';

/** Where a page ended, as a string that is safe in addresses. It fits the same query and order only. */
export function encodeCursor(body: Wire, sort: readonly unknown[]): string {
  return Buffer.from(JSON.stringify([fingerprint(body, sort), ...sort])).toString('base64url');
}

/** @throws SearchQueryError for what `paginate()` did not make, or made for another query or order. */
export function decodeCursor(body: Wire, cursor: string): readonly unknown[] {
  const [of, ...sort] = parsed(cursor);
  if (sort.length === 0)
    throw new SearchQueryError(
      'cursor',
      `the cursor '${String(cursor).slice(0, 40)}' is none that paginate() gave: begin without one`,
    );
  if (of !== fingerprint(body, sort))
    throw new SearchQueryError('cursor', 'the cursor belongs to another query or order: begin without one');
  return sort;
}

function parsed(cursor: unknown): readonly unknown[] {
  if (typeof cursor !== 'string') return [];
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

/** Of the values too: a cursor that somebody changed would go to the engine as it is. */
function fingerprint({ query, sort }: Wire, values: readonly unknown[]): string {
  return hash('sha256', JSON.stringify([query, sort, values]), 'base64url').slice(0, 12);
}
