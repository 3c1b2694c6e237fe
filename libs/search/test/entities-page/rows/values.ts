import { Embeddable, Embedded, Entity, Formula, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField, type EntityClass, type SearchFieldOptions } from '@rookery/search';
import type { Rows } from '../row.js';

/** An entity with one property. */
function sample(property: object, options: SearchFieldOptions): EntityClass {
  @Entity()
  @Indexed()
  class Sample {
    @PrimaryKey({ type: 'integer' }) id!: number;
    @SearchField(options) @Property(property as never) value!: unknown;
  }
  return Sample;
}

@Embeddable()
class Spot {
  @Property({ type: 'double' }) x!: number;
}

@Entity()
@Indexed()
class Placed {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @SearchField({ type: 'geo_point' }) @Embedded(() => Spot) spot!: Spot;
}

@Entity()
@Indexed()
class Method {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @SearchField({ type: 'keyword' }) label(): string {
    return '';
  }
}

@Entity()
@Indexed()
class Setter {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @SearchField({ type: 'keyword' }) set only(_value: string) {}
}

@Entity()
@Indexed()
class Counted {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @SearchField() @Formula('(select count(*) from loan)', { type: 'integer' }) loans?: number;
}

const json = { type: 'json' };
const SET_ASIDE = 'values/set-aside.spec.ts';
const setAside = (test: string) => ({ verdict: 'set aside', spec: SET_ASIDE, test }) as const;
const followed = (...kinds: string[]) => ({ verdict: 'followed', kinds }) as const;

export const VALUES: Rows = {
  'strings, texts, uuids': followed('string', 'uuid'),
  'numbers, booleans': followed('integer', 'double', 'boolean', 'integers'),
  '`bigint`, `decimal`': followed('bigint', 'decimal'),
  'dates, and lists of them': followed('datetime', 'date', 'dates', 'instants', 'days'),
  'enums, native enums, and lists of them': followed('enumeration', 'nativeEnum', 'enums', 'nativeEnums'),
  intervals: followed('interval'),
  'ranges and multiranges of PostgreSQL': followed(
    'int4range',
    'int8range',
    'numrange',
    'daterange',
    'tstzrange',
    'int4multirange',
  ),
  'lists of ranges or intervals without a `type`': {
    verdict: 'refused',
    entities: [sample({ type: 'any', columnType: 'int4range[]' }, {})],
    complaint: "Sample.value: has no field type that follows from the ORM's type 'any'",
  },
  '`Set`, lists and tuples': followed('set', 'strings', 'tuple'),
  '`Map`': followed('map'),
  'a custom type with `toJSON`, or whose values have one': followed('masked', 'price'),
  'a custom type whose values are instances without `toJSON`': followed('weight'),
  'bytes, also of an embeddable in JSON': followed('bytes'),
  JSON: followed('json'),
  'JSON described by `properties`': followed('offers', 'address'),
  '`nested` JSON that nothing describes': {
    verdict: 'refused',
    entities: [sample(json, { type: 'nested' })],
    complaint: 'Sample.value: is `nested`, without a description of its elements',
  },
  '`properties` of a field that is no object': {
    verdict: 'refused',
    entities: [sample(json, { type: 'keyword', properties: { a: { type: 'keyword' } } })],
    complaint: 'Sample.value: has `properties`, and is `keyword`',
  },
  'a place: JSON, a `point`, an embeddable with `lat` and `lon`': followed('place', 'point'),
  'an embeddable as `geo_point` with other properties': {
    verdict: 'refused',
    entities: [Spot, Placed],
    complaint: 'Placed.spot: is embedded as `geo_point` with `x`',
  },
  'lazy scalars': followed('lazy'),
  'a hidden property with `@SearchField`, or in `include`': followed('hidden'),
  'a hidden property of an embeddable that is indexed whole': {
    verdict: 'followed',
    spec: SET_ASIDE,
    test: 'is written as each says',
  },
  getters: { verdict: 'followed', spec: SET_ASIDE, test: 'is written as each says' },
  'a getter that throws': setAside('throwing: its row is set aside by name'),
  'a getter that gives a promise': setAside('late: its row is set aside by name'),
  'instances that show no data, objects that hold themselves, NaN': setAside('circular: its row is set aside by name'),
  'a value where `properties` describes an object': setAside('no object: its row is set aside by name'),
  methods: { verdict: 'refused', entities: [Method], complaint: 'Method.label: is a method' },
  'a setter alone': { verdict: 'refused', entities: [Setter], complaint: 'Setter.only: has a setter alone' },
  'formulas of their own row, generated columns': {
    verdict: 'followed',
    spec: SET_ASIDE,
    test: 'is written as each says',
  },
  'a formula over other rows: with `select` or `over (…)`': {
    verdict: 'refused',
    entities: [Counted],
    complaint: 'Counted.loans: is a formula that reads other rows',
  },
  'a formula of a function that reads other rows, or of the time': {
    verdict: 'not followed',
    spec: 'values/not-followed.spec.ts',
    test: 'a formula of the time stays as it was',
  },
};
