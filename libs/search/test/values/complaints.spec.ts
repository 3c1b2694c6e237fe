import { Embeddable, Embedded, Entity, Formula, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField, type EntityClass } from '@rookery/search';
import { complaintsOf } from '../complaints-of.js';

/** The complaints about these entities, one per line; none when the model is whole. */
function complaints(...entities: EntityClass[]): string[] {
  return complaintsOf(entities).map(({ where, problem, remedy }) => `${where}: ${problem}. ${remedy}`);
}

@Embeddable()
class Spot {
  @Property({ type: 'double' }) latitude!: number;
  @Property({ type: 'double' }) longitude!: number;
}

@Entity()
@Indexed()
class Unfit {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @SearchField({ type: 'keyword' }) label(): string {
    return 'x';
  }
  @SearchField({ type: 'keyword' }) set only(_value: string) {}
  @SearchField()
  @Formula((columns: { id: string }) => `(select count(*) from loan where loan.book_id = ${columns.id})`, {
    type: 'integer',
  })
  loans?: number;
  @SearchField() @Formula('count(*) over ()', { type: 'integer' }) among?: number;
  @SearchField({ type: 'nested' }) @Property({ type: 'json' }) offers!: object[];
  @SearchField({ type: 'keyword', properties: { a: { type: 'keyword' } } } as never)
  @Property({ type: 'json' })
  odd!: object;
  @SearchField({
    type: 'object',
    properties: { a: { type: 'nested' }, b: { type: 'keyword', analyser: 'english' } as never },
  })
  @Property({ type: 'json' })
  deep!: { a: object[]; b: string };
  @SearchField({ type: 'geo_point' }) @Embedded(() => Spot) spot!: Spot;
  @SearchField() @Property({ type: 'any', columnType: 'int4range[]' }) ranges!: string;
}

describe('a model with values that no document could hold', () => {
  it('is refused with each of them and its remedy', () => {
    expect(complaints(Spot, Unfit)).toEqual([
      'Unfit.label: is a method, whose result no document can hold. Make it a getter: get label() { … }',
      'Unfit.only: has a setter alone. Give it a getter too',
      'Unfit.loans: is a formula that reads other rows, whose changes would not be followed. Embed those rows by a relation with `include`, or keep the value in a column',
      'Unfit.among: is a formula that reads other rows, whose changes would not be followed. Embed those rows by a relation with `include`, or keep the value in a column',
      'Unfit.deep.b: has `analyser`, which is no option of @SearchField({ properties }). Did you mean `analyzer`?',
      "Unfit.odd: has `properties`, and is `keyword`. Use the type 'object' or 'nested'",
      'Unfit.spot: is embedded as `geo_point` with `latitude`, `longitude`. Give its embeddable `lat` and `lon`, and name these two alone with @SearchField() or `include`',
      "Unfit.ranges: has no field type that follows from the ORM's type 'any'. Name it: @SearchField({ type: 'keyword' })",
      "Unfit.offers: is `nested`, without a description of its elements. Describe its elements: @SearchField({ type: 'nested', properties: { name: { type: 'keyword' } } })",
      "Unfit.deep.a: is `nested`, without a description of its elements. Describe its elements: @SearchField({ type: 'nested', properties: { name: { type: 'keyword' } } })",
    ]);
  });
});
