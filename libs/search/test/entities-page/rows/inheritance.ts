import type { Rows } from '../row.js';

const CHANGES = 'inheritance/matrix.spec.ts';

const followed = (test: string, spec = CHANGES) => ({ verdict: 'followed', spec, test }) as const;
const refused = (test: string) => ({ verdict: 'refused', spec: 'relations/refusals.spec.ts', test }) as const;

export const INHERITANCE: Rows = {
  'one table for several classes': followed('follows one table: create'),
  'a table for each class: `tpt`': followed('follows a table for each: create'),
  'rows that are found as the base': followed('follows one table: change what a class has, found as the base'),
  'an index of a class below': followed(
    'a row of a table-per-type tree lose their documents',
    'cascades/cascades.spec.ts',
  ),
  'hits and hydrated entities of each class': followed('distinguishes hits by their classes'),
  'a field of a class below the one that a relation leads to, in one table': refused(
    'a field of a class below the one that a relation leads to',
  ),
  'many-to-many of classes in several tables, where the ORM does not load it for those below': refused(
    'many to many of classes in several tables',
  ),
  'many-to-many to a class of one table with rows of its own and classes below it': refused(
    'and classes below it, of many to many',
  ),
  'the other side of a one-to-one relation to such a class, and what loads an entity that has one': refused(
    'of one to one from the side without a column, and whatever loads that side',
  ),
  'a condition over a relation to such a class': refused('in a condition, but for those that compare its key'),
  'two classes of a tree with one field name and two types': refused(
    'two classes of a tree with one field name and two types',
  ),
  'two classes of one table with one property in two columns': refused(
    'classes of one table whose properties of one name are in two columns',
  ),
  'a property with the name of the class field': refused('a property with the name of the field that holds the class'),
  'a row whose discriminator is of no class': {
    verdict: 'set aside',
    spec: CHANGES,
    test: 'sets a row aside whose discriminator is of no class',
  },
  'a native statement that changes the class of a row': {
    verdict: 'not followed',
    spec: CHANGES,
    test: 'follows one table: native change of the class',
  },
};
