import type { Rows } from '../row.js';

const KEYS = 'sync/keys/keys.spec.ts';

const followed = (says: string) => ({ verdict: 'followed', file: KEYS, says }) as const;
const complaint = (says: string) => ({ verdict: 'refused', file: 'model-complaints.spec.ts', says }) as const;

export const KEY_ROWS: Rows = {
  'composite keys': followed("it('at first, each row under an id of its own'"),
  'a relation as a key, or in one': followed("['a line',"),
  'a custom type as a key': followed("'an account',"),
  'a key that changes in a flush': followed("'an account that gets another key',"),
  'rows whose key the database changes along': followed("['an order that gets another key',"),
  'another property as the id': followed("'a stock that gets another id',"),
  'upserts of rows with such keys': followed("['a line upserted',"),
  'a key that reaches over three entities': {
    verdict: 'refused',
    file: 'relations/refusals.spec.ts',
    says: "it('a key that reaches over three entities'",
  },
  'a key of bytes': complaint("'Blob: has a key of bytes"),
  'an `id` that is one column of several, or not unique': complaint("\"Pair: has the `id` 'a'"),
  'keys of more than 255 characters as JSON': {
    verdict: 'followed',
    file: 'sync/keys/long-keys.spec.ts',
    says: "it('are followed: rows come, change and go'",
  },
  'such keys in a table of an earlier release, without that column': {
    verdict: 'refused',
    file: 'sync/keys/long-keys.spec.ts',
    says: "it('is refused at start where a key may need the column",
  },
  'an id of more than 512 bytes': { verdict: 'set aside', file: KEYS, says: "it('a key too long for an id" },
};
