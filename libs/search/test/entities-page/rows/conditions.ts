import type { Rows } from '../row.js';

const CHANGES = 'sync/conditions/conditions.spec.ts';
const COMPLAINTS = 'model-complaints.spec.ts';

const followed = (says: string) => ({ verdict: 'followed', file: CHANGES, says }) as const;
const refused = (says: string) => ({ verdict: 'refused', file: COMPLAINTS, says }) as const;

export const CONDITIONS: Rows = {
  '`where` over columns': followed("['a soft delete',"),
  '`where` over relations': followed("['a country that closes',"),
  '`where` over collections': followed("['a tag renamed',"),
  '`filters` of the entity, with their parameters': followed("['a price',"),
  '`when`': followed("['a title',"),
  '`when` over what `reads` lists': followed("['a seller hidden',"),
  'a `document` hook that gives `undefined`': followed("['a price back',"),
  '`when` that throws': { verdict: 'set aside', file: CHANGES, says: "it('what `when` throws refuses" },
  '`where` of a collection': followed("it('filter what is embedded of a collection"),
  'another condition than the index was filled by': {
    verdict: 'refused',
    file: CHANGES,
    says: "it('another condition is another model",
  },
  'what `when` or `document` computes otherwise than before': {
    verdict: 'not followed',
    file: CHANGES,
    says: "it('verify finds what is there and should not be",
  },
  'a condition over what is no property, relation or operator': refused("'`txet` is no property of Note"),
  'a condition over what is no column': refused("'no column',"),
  'raw SQL in a condition': refused("'raw SQL as a value',"),
  "a condition that the database refuses, such as `price: 'abc'`": {
    verdict: 'refused',
    file: 'sync/conditions/refused-by-database.spec.ts',
    says: "it('are refused at start, all of them, by name'",
  },
  '`undefined` in a condition': refused("['undefined', { where"),
  'a filter that the entity does not define': refused("names the filter 'keept'"),
  'a filter whose condition throws or is asynchronous': refused("'asynchronous',"),
  '`when` over what is not read': refused("'over a relation that is not loaded',"),
  '`where` of what is no collection': refused("it('`where` of what is no collection'"),
  '`where` of a collection that another path embeds whole': {
    verdict: 'refused',
    file: 'relations/refusals.spec.ts',
    says: "it('a collection with `where` that another path embeds whole'",
  },
};
