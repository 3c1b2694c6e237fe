import { ManyToOne, Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { Rel } from '@mikro-orm/core';
import { Indexed, SearchField } from '@rookery/search';
import type { Rows } from '../row.js';

@Entity()
class Leader {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) name!: string;
}

@Entity()
@Indexed()
class Team {
  @PrimaryKey() id!: number;
  @SearchField({ include: ['name'] })
  @ManyToOne({ entity: () => Leader, formula: (alias: unknown) => `${String(alias)}.leader_id` } as never)
  leader!: Rel<Leader>;
}

const CHANGES = 'relations/matrix.ts';

const followed = (says: string, file = CHANGES) => ({ verdict: 'followed', file, says }) as const;
const refused = (says: string) => ({ verdict: 'refused', file: 'relations/refusals.spec.ts', says }) as const;

const refusedPlace = (says: string) =>
  ({ verdict: 'refused', file: 'relations/refused-places.spec.ts', says }) as const;

export const RELATIONS: Rows = {
  '`@ManyToOne`, and over several steps': followed("'change further away': async"),
  '`@OneToOne`, either side': followed("'the other side of a one-to-one': {"),
  '`@OneToMany`, with `where` and `orderBy`': followed("'a collection with where and orderBy': {"),
  '`@ManyToMany`, either side': followed("'inverse collection set': async"),
  '`@ManyToMany` with `pivotEntity`, and its columns': followed("'a pivot entity': {"),
  'a pivot entity that has documents itself': followed(
    "'pairs of a collection that have documents': [",
    'models/found.ts',
  ),
  'a collection without `orderBy`': followed("'elements without an order': inOrder()", 'models/found.ts'),
  'a relation inside an embeddable': followed("'a relation inside an embeddable': {"),
  'a relation of an entity to itself': followed("'a relation to itself': {"),
  'a relation to several classes, and its other side': followed(
    "'a relation to several classes': {",
    'inheritance/matrix.ts',
  ),
  'collections that are set without being loaded': followed("'collection set, not loaded': async"),
  'orphan removal': followed("'orphan removal': async"),
  '`em.upsert` and `em.upsertMany` that move a row': followed("'upsertMany that moves':"),
  'an upsert that takes a row from an owner whose condition needs it': followed(
    "'em.upsert in a savepoint',",
    'relations/conditional-owner.spec.ts',
  ),
  'one member of a collection of thousands': followed("it('is one row of the outbox", 'relations/one-row.spec.ts'),
  "rows that the database deletes along: `deleteRule: 'cascade'`": followed(
    "'a row of no document': {",
    'cascades/cascades.spec.ts',
  ),
  "foreign keys that it empties: `'set null'`, `'set default'`": followed(
    "'free-desks': [1]",
    'cascades/cascades.spec.ts',
  ),
  'native statements, SQL, triggers, and cascades that the entity does not name': {
    verdict: 'not followed',
    file: 'cascades/cascades.spec.ts',
    says: "it('are said by `touch` before a native delete",
  },
  'a polymorphic many-to-many relation': refused("it('a polymorphic many-to-many relation'"),
  'two classes behind one relation with one field name and two types': refused("it('two classes behind one relation"),
  'a `where` or `orderBy` of a relation in raw SQL': refused("it('a condition or an order in raw SQL'"),
  'a relation inside an embeddable that is kept as JSON': refused("it('a relation inside an embeddable"),
  '`mapToPk` that is included': refused("it('a relation that holds a key alone'"),
  '`targetKey` that is included': refused("it('a relation that points at another column"),
  'a relation to an entity whose whole key is one relation to a key of several columns': refusedPlace(
    "it('`include`, from either side and of every kind'",
  ),
  'a side of a relation that is a whole key of several columns, from the other side or one to one': refusedPlace(
    "it('of a whole key of several columns the other side",
  ),
  'such relations in `where`, `reads`, `routing` or an order': refusedPlace(
    "describe('a relation that cannot be followed is refused in'",
  ),
  'a relation by a formula or `through`': {
    verdict: 'refused',
    entities: [Leader, Team],
    complaint: 'Team.leader: is computed by the database (`through`)',
  },
};
