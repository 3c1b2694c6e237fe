import type { Rows } from '../row.js';

const KEYS = 'sync/keys/keys.spec.ts';

const followed = (test: string) => ({ verdict: 'followed', spec: KEYS, test }) as const;
const complaint = (test: string) => ({ verdict: 'refused', spec: 'model-complaints.spec.ts', test }) as const;

export const KEY_ROWS: Rows = {
  'composite keys': followed('at first, each row under an id of its own'),
  'a relation as a key, or in one': followed('after a line'),
  'a custom type as a key': followed('after an account'),
  'a key that changes in a flush': followed('after an account that gets another key'),
  'rows whose key the database changes along': followed('after an order that gets another key'),
  'another property as the id': followed('after a stock that gets another id'),
  'upserts of rows with such keys': followed('after a line upserted'),
  'a key that reaches over three entities': {
    verdict: 'refused',
    spec: 'relations/refusals.spec.ts',
    test: 'a key that reaches over three entities',
  },
  'a key of bytes': complaint('a part of a key alone, and bytes as a key'),
  'an `id` that is one column of several, or not unique': complaint('a part of a key alone, and bytes as a key'),
  'keys of more than 255 characters as JSON': {
    verdict: 'followed',
    spec: 'sync/keys/long-keys.spec.ts',
    test: 'are followed: rows come, change and go',
    strategies: ['outbox'],
  },
  'such keys in a table of an earlier release, without that column': {
    verdict: 'refused',
    spec: 'sync/keys/long-keys.spec.ts',
    test: 'is refused at start where a key may need the column',
  },
  'an id of more than 512 bytes': {
    verdict: 'set aside',
    spec: KEYS,
    test: 'a key too long for an id is refused for that row alone',
  },
};
