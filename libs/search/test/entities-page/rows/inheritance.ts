import type { Rows } from '../row.js';

const CHANGES = 'inheritance/matrix.ts';

const followed = (says: string, file = CHANGES) => ({ verdict: 'followed', file, says }) as const;
const refused = (says: string) => ({ verdict: 'refused', file: 'relations/refusals.spec.ts', says }) as const;

export const INHERITANCE: Rows = {
  'one table for several classes': followed("'one table': {"),
  'a table for each class: `tpt`': followed("'a table for each': {"),
  'rows that are found as the base': followed("'change what a class has, found as the base'"),
  'an index of a class below': followed("@Indexed<Dog>({ name: 'dogs' })", 'cascades/entities.ts'),
  'hits and hydrated entities of each class': followed("it('tells hits apart", 'inheritance/matrix.spec.ts'),
  'a field of a class below the one that a relation leads to, in one table': refused(
    "it('a field of a class below the one that a relation leads to'",
  ),
  'many-to-many of classes in several tables, where the ORM does not load it for those below': refused(
    "it('many to many of classes in several tables",
  ),
  'many-to-many to a class of one table with rows of its own and classes below it': refused("it('of many to many'"),
  'the other side of a one-to-one relation to such a class, and what loads an entity that has one': refused(
    "it('of one to one from the side without a column, and whatever loads that side'",
  ),
  'a condition over a relation to such a class': refused("it('in a condition, but for those"),
  'two classes of a tree with one field name and two types': refused("it('two classes of a tree"),
  'two classes of one table with one property in two columns': refused("it('classes of one table"),
  'a property with the name of the class field': refused("it('a property with the name of the field"),
  'a row whose discriminator is of no class': {
    verdict: 'set aside',
    file: 'inheritance/matrix.spec.ts',
    says: "it('sets a row aside whose discriminator is of no class'",
  },
  'a native statement that changes the class of a row': {
    verdict: 'not followed',
    file: CHANGES,
    says: "'native change of the class': native(",
  },
};
