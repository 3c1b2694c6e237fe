import type { Clause, ClauseBuilder } from '@rookery/search';
import type { Passage } from '../entities/index.js';

/** How `q` is read. */
export const MODES = ['words', 'fuzzy', 'phrase', 'near', 'query'] as const;
export type Mode = (typeof MODES)[number];

/** What `q` means for the text of a passage. `distance` counts words, and matters to `near` alone. */
export function textClause(c: ClauseBuilder<Passage>, q: string, mode: Mode, distance: number): Clause {
  switch (mode) {
    case 'words':
      return c.match('text', q, { operator: 'and' });
    case 'fuzzy':
      return c.match('text', q, { operator: 'and', fuzziness: 'AUTO', prefixLength: 1 });
    case 'phrase':
      return c.matchPhrase('text', q);
    case 'near':
      return c.matchPhrase('text', q, { slop: distance });
    case 'query':
      return c.queryString(q, { fields: ['text'], defaultOperator: 'and' });
  }
}
