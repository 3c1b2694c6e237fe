import type { Rows } from '../row.js';

const CHANGES = 'sync/conditions/conditions.spec.ts';
const COMPLAINTS = 'model-complaints.spec.ts';

const followed = (test: string) => ({ verdict: 'followed', spec: CHANGES, test }) as const;
const refused = (test: string) => ({ verdict: 'refused', spec: COMPLAINTS, test }) as const;

export const CONDITIONS: Rows = {
  '`where` over columns': followed('after a soft delete'),
  '`where` over relations': followed('after a country that closes'),
  '`where` over collections': followed('after a tag renamed'),
  '`filters` of the entity, with their parameters': followed('after a price'),
  '`when`': followed('after a title'),
  '`when` over what `reads` lists': followed('after a seller hidden'),
  'a `document` hook that gives `undefined`': followed('after a price back'),
  '`when` that throws': { verdict: 'set aside', spec: CHANGES, test: 'what `when` throws refuses that document alone' },
  '`where` of a collection': followed('filter what is embedded of a collection'),
  'another condition than the index was filled by': {
    verdict: 'refused',
    spec: CHANGES,
    test: 'another condition is another model',
  },
  'what `when` or `document` computes otherwise than before': {
    verdict: 'not followed',
    spec: CHANGES,
    test: 'verify finds what is there and should not be',
  },
  'a condition over what is no property, relation or operator': refused('a condition over no property'),
  'a condition over what is no column': refused('a condition over no column'),
  'raw SQL in a condition': refused('a condition over raw SQL as a value'),
  "a condition that the database refuses, such as `price: 'abc'`": {
    verdict: 'refused',
    spec: 'sync/conditions/refused-by-database.spec.ts',
    test: 'are refused at start, all of them, by name',
  },
  '`undefined` in a condition': refused('a condition over undefined'),
  'a filter that the entity does not define': refused('a filter unknown'),
  'a filter whose condition throws or is asynchronous': refused('a filter asynchronous'),
  '`when` over what is not read': refused('a `when` over a relation that is not loaded'),
  '`where` of what is no collection': refused('`where` of what is no collection'),
  '`where` of a collection that another path embeds whole': {
    verdict: 'refused',
    spec: 'relations/refusals.spec.ts',
    test: 'a collection with `where` that another path embeds whole',
  },
  '`where` of a many-to-many relation whose other side another path leads over': {
    verdict: 'refused',
    spec: 'relations/refusals.spec.ts',
    test: 'a many-to-many relation with `where` whose other side is embedded',
  },
};
