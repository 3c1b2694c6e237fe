import type { FieldModel, Relation } from '../metadata/index-model.js';
import { columnsOfSameRows } from './same-rows.js';

class Animal {}
class Dog extends Animal {}
class Owner {}

const value = (name: string): FieldModel => ({ kind: 'value', name, options: {}, facts: undefined, computed: false });
const to = (
  target: typeof Animal,
  { kind = 'm:1', side = 'owner' }: Partial<Pick<Relation, 'kind' | 'side'>> = {},
): Relation => ({ target, kind, side, mappedBy: undefined });
const related = (name: string, relation: Relation, ...fields: FieldModel[]): FieldModel => ({
  kind: 'object',
  name,
  options: {},
  fields,
  relation,
});

/** The names at each place, by its path. */
function named(fields: readonly FieldModel[], path = ''): Record<string, string[]> {
  const below = fields.map((field) =>
    field.kind === 'object' && field.relation ? named(field.fields, `${path}${field.name}.`) : {},
  );
  return Object.assign({ [path]: fields.map(({ name }) => name).sort() }, ...below) as Record<string, string[]>;
}

const widened = (fields: readonly FieldModel[], root: typeof Animal, holdsBelow = false) =>
  named(columnsOfSameRows(fields, root, () => holdsBelow));

describe('columns of rows that may be the same', () => {
  it('are those of each place, where no class comes twice', () => {
    const fields = [value('id'), related('owner', to(Owner), value('name'))];
    expect(widened(fields, Animal)).toEqual({ '': ['id', 'owner'], 'owner.': ['name'] });
    expect(columnsOfSameRows([value('id')], Animal, () => false)).toEqual([value('id')]);
  });

  it('are at the top those of every place of its class', () => {
    const friends = related(
      'friends',
      to(Animal, { kind: 'm:n' }),
      value('age'),
      related('owner', to(Owner), value('x')),
    );
    expect(widened([value('id'), friends], Animal)).toEqual({
      '': ['age', 'friends', 'id', 'owner'],
      'friends.': ['age', 'owner'],
      'friends.owner.': ['x'],
    });
  });

  it('are at a place those of others, but none of the top, which is read first', () => {
    const fields = [value('id'), related('near', to(Owner), value('a')), related('far', to(Owner), value('b'))];
    expect(widened(fields, Animal)).toMatchObject({ 'near.': ['a', 'b'], 'far.': ['a', 'b'] });
    expect(widened([value('id'), related('parent', to(Animal), value('a'))], Animal)).toMatchObject({
      'parent.': ['a'],
    });
  });

  it('hold no collection and no side without a column: those are loaded at their place', () => {
    const sides = [
      related('all', to(Owner, { kind: '1:m', side: 'inverse' }), value('x')),
      related('one', to(Owner, { kind: '1:1', side: 'inverse' }), value('x')),
    ];
    const fields = [related('near', to(Animal), value('a'), ...sides), related('far', to(Animal), value('b'))];
    expect(widened(fields, Owner)['far.']).toEqual(['a', 'b']);
  });

  it('reach classes above, and below where the ORM loads columns of classes below', () => {
    const fields = [related('pet', to(Animal), value('a')), related('dog', to(Dog), value('d'))];
    expect(widened(fields, Owner)).toMatchObject({ 'pet.': ['a'], 'dog.': ['a', 'd'] });
    expect(widened(fields, Owner, true)).toMatchObject({ 'pet.': ['a', 'd'], 'dog.': ['a', 'd'] });
  });
});
