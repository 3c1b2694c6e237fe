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

const CHANGES = 'relations/matrix.spec.ts';

const followed = (test: string, spec = CHANGES) => ({ verdict: 'followed', spec, test }) as const;
/** Small models, each in both strategies. */
const FOUND = (test: string) => ({ ...followed(test, 'models/found.spec.ts'), strategies: [] }) as const;
const refused = (test: string) => ({ verdict: 'refused', spec: 'relations/refusals.spec.ts', test }) as const;

const refusedPlace = (test: string) =>
  ({ verdict: 'refused', spec: 'relations/refused-places.spec.ts', test }) as const;

export const RELATIONS: Rows = {
  '`@ManyToOne`, and over several steps': followed('follows a relation inside an embeddable: change further away'),
  '`@OneToOne`, either side': followed('follows the other side of a one-to-one: change'),
  '`@OneToMany`, with `where` and `orderBy`': followed('follows a collection with where and orderBy: change the order'),
  '`@ManyToMany`, either side': followed('follows a relation to itself: inverse collection set'),
  '`@ManyToMany` with `pivotEntity`, and its columns': followed('follows a pivot entity: change a column'),
  'a pivot entity that has documents itself': FOUND('pairs of a collection that have documents'),
  'a collection without `orderBy`': FOUND('elements without an order'),
  'a relation inside an embeddable': followed('follows a relation inside an embeddable: change'),
  'a relation of an entity to itself': followed('follows a relation to itself: change'),
  'a relation to several classes, and its other side': followed(
    'follows a relation to several classes: create',
    'inheritance/matrix.spec.ts',
  ),
  'a relation to several classes by keys of several columns, or of other names': FOUND(
    'a relation to several classes whose keys have other names',
  ),
  'a row that comes where a relation to several classes leads already': FOUND('a row that comes where others lead'),
  'a relation without a foreign key: `createForeignKeyConstraint: false`': FOUND(
    'a row without a foreign key that comes where others lead',
  ),
  'collections that are set without being loaded': followed('follows a pivot entity: collection set, not loaded'),
  'orphan removal': followed('follows a pivot entity: orphan removal'),
  '`em.upsert` and `em.upsertMany` that move a row': followed('follows a pivot entity: upsertMany that moves'),
  'an upsert that moves a row away from an owner whose condition needs it': followed(
    'follows em.upsert in a savepoint that moves a member',
    'relations/conditional-owner.spec.ts',
  ),
  'one member of a collection of thousands': {
    ...followed('is one row of the outbox when one member comes', 'relations/one-row.spec.ts'),
    strategies: ['outbox'],
  },
  "rows that the database deletes along: `deleteRule: 'cascade'`": followed(
    'with a row of no document lose their documents',
    'cascades/cascades.spec.ts',
  ),
  "foreign keys that it empties: `'set null'`, `'set default'`": followed(
    'with a row of no document lose their documents',
    'cascades/cascades.spec.ts',
  ),
  'native statements, SQL, triggers, and cascades that the entity does not name': {
    verdict: 'not followed',
    spec: 'cascades/cascades.spec.ts',
    test: 'are reported by `touch` before a native delete',
  },
  'a polymorphic many-to-many relation': refused('a polymorphic many-to-many relation'),
  'two classes behind one relation with one field name and two types': refused('two classes behind one relation'),
  'a relation to several classes, or its other side, where the key of one holds a key of several columns': refused(
    'a relation to several classes, or its other side, where the key of one holds a key of several columns',
  ),
  'a condition or an order over rows of a relation to several classes': refused(
    'a condition over rows of a relation to several classes, but for its class and key',
  ),
  'a condition over the other side of a relation to several classes whose keys have other names': refused(
    'a condition over the other side of a relation to several classes whose keys have other names',
  ),
  '`where` of the other side of a relation to several classes by several columns, or whose keys have other names':
    refused('`where` of the other side of a relation to several classes by several columns'),
  'a `where` or `orderBy` of a relation in raw SQL': refused('a value of a condition in raw SQL'),
  'a relation inside an embeddable that is kept as JSON': refused(
    'a relation inside an embeddable that is kept as JSON',
  ),
  '`mapToPk` that is included': refused('a relation that holds a key alone'),
  '`targetKey` that is included': refused('a relation that points at another column'),
  'a relation to an entity whose whole key is one relation to a key of several columns': refusedPlace(
    'refused in `include`, from either side and of every kind',
  ),
  'a relation whose foreign key holds a `Date`, a boolean or, among several columns, a custom type that converts':
    refused('a relation whose foreign key holds what the ORM does not convert there'),
  'a side of a relation that is a whole key of several columns, from the other side or one to one': refusedPlace(
    'of a whole key of several columns the other side is refused',
  ),
  'such relations in `where`, `reads`, `routing` or an order': refusedPlace('is refused in `reads`'),
  'a relation by a formula or `through`': {
    verdict: 'refused',
    entities: [Leader, Team],
    complaint: 'Team.leader: is computed by the database (`through`)',
  },
};
