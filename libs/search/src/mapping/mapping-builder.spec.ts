import type { ModelComplaint } from '../errors/model.errors.js';
import type { FieldModel, ObjectField, ValueField } from '../metadata/index-model.js';
import { MappingBuilder } from './mapping-builder.js';

class Dog {}
class Cat {}

const facts = (ormType: string) => ({ ormType }) as ValueField['facts'];
const value = (name: string, options: object = {}, more: Partial<ValueField> = {}): ValueField => ({
  kind: 'value',
  name,
  options,
  facts: facts('string'),
  computed: false,
  ...more,
});
const object = (name: string, fields: readonly FieldModel[], options: object = {}, more: object = {}): ObjectField => ({
  kind: 'object',
  name,
  options,
  fields,
  relation: undefined,
  ...more,
});

function built(...fields: FieldModel[]) {
  const complaints: ModelComplaint[] = [];
  const infer = ({ ormType }: { ormType: string }) => (ormType === 'string' ? 'text' : undefined);
  const properties = new MappingBuilder({ infer }, complaints).properties(fields, 'Book');
  return { properties, complaints: complaints.map(({ where, problem, remedy }) => `${where}: ${problem}. ${remedy}.`) };
}

describe('a mapping', () => {
  it('has the type that a field names, else the one that follows from its property', () => {
    expect(built(value('a'), value('b', { type: 'keyword' }))).toEqual({
      properties: { a: { type: 'text' }, b: { type: 'keyword' } },
      complaints: [],
    });
  });

  it('complains of fields whose type does not follow', () => {
    expect(built(value('a', {}, { facts: facts('odd') }), value('b', {}, { facts: undefined }))).toEqual({
      properties: {},
      complaints: [
        "Book.a: has no field type that follows from the ORM's type 'odd'. Name it: @SearchField({ type: 'keyword' }).",
        "Book.b: has no field type that follows from a getter. Name it: @SearchField({ type: 'keyword' }).",
      ],
    });
  });

  it('has parameters by the names of the engine, copies and sub-fields', () => {
    const options = {
      type: 'text',
      analyzer: 'english',
      searchAnalyzer: 'simple',
      copyTo: 'all',
      fields: { raw: { type: 'keyword', ignoreAbove: 100 } },
    };
    expect(built(value('a', options))).toEqual({
      properties: {
        a: {
          type: 'text',
          analyzer: 'english',
          search_analyzer: 'simple',
          copy_to: 'all',
          fields: { raw: { type: 'keyword', ignore_above: 100 } },
        },
      },
      complaints: [],
    });
  });

  it('complains of parameters that a type does not accept, also in sub-fields', () => {
    const options = { type: 'boolean', analyzer: 'english', fields: { raw: { type: 'keyword', analyzer: 'simple' } } };
    const { complaints } = built(value('a', options));
    expect(complaints).toEqual([
      expect.stringMatching(
        /^Book\.a: has `analyzer`, which `boolean` does not accept\. Leave it out, or change the type \(`boolean` accepts: .*\)\.$/,
      ),
      expect.stringMatching(/^Book\.a\.raw: has `analyzer`, which `keyword` does not accept/),
    ]);
  });

  it('complains of what a type needs, and of parameters of types that are not listed', () => {
    expect(built(value('a', { type: 'scaled_float' })).complaints).toEqual([
      "Book.a: is `scaled_float` without `scalingFactor`. Add it: @SearchField({ type: 'scaled_float', scalingFactor: … }).",
    ]);
    expect(built(value('a', { type: 'scaled_float', scalingFactor: 100 })).complaints).toEqual([]);
    expect(built(value('a', { type: 'odd' }))).toEqual({ properties: { a: { type: 'odd' } }, complaints: [] });
    const { complaints } = built(value('a', { type: 'odd', analyzer: 'english', index: false }));
    expect(complaints).toEqual([
      expect.stringMatching(
        /^Book\.a: has `.*`, `.*` with the type `odd`, whose parameters are not known\. Use one of the types text, keyword, .*, or write the field's mapping into @Indexed\(\{ properties \}\)\.$/,
      ),
    ]);
  });

  it('maps the keys of JSON as they come, unless they are described', () => {
    expect(built(value('a', { type: 'object' })).properties).toEqual({ a: { type: 'object', dynamic: true } });
    const described = { type: 'object', properties: { b: { type: 'keyword' } } };
    expect(built(value('a', described)).properties).toEqual({
      a: { type: 'object', properties: { b: { type: 'keyword' } } },
    });
    expect(
      built(value('a', { type: 'nested', properties: { b: { type: 'keyword' } } }, { keys: [] })).complaints,
    ).toEqual([]);
  });

  it('complains of described keys of what is no object, at the top and inside', () => {
    expect(built(value('a', { type: 'keyword' }, { keys: [] })).complaints).toEqual([
      "Book.a: has `properties`, and is `keyword`. Use the type 'object' or 'nested'.",
    ]);
    const inner = { type: 'object', properties: { b: { type: 'keyword', properties: { c: { type: 'text' } } } } };
    expect(built(value('a', inner)).complaints).toEqual([
      "Book.a.b: has `properties`, and is `keyword`. Use the type 'object' or 'nested'.",
    ]);
    const objects = { o: { type: 'object', properties: {} }, n: { type: 'nested', properties: {} } };
    expect(built(value('a', { type: 'object', properties: objects })).complaints).toEqual([]);
  });

  it('embeds objects and nested ones, and complains of other types', () => {
    expect(built(object('o', [value('a')]), object('n', [value('a')], { type: 'nested' }))).toEqual({
      properties: {
        o: { type: 'object', properties: { a: { type: 'text' } } },
        n: { type: 'nested', properties: { a: { type: 'text' } } },
      },
      complaints: [],
    });
    expect(built(object('o', [value('a')], { type: 'keyword' })).complaints).toEqual([
      "Book.o: is embedded, and cannot be `keyword`. Leave out `type`, or use 'nested' to query the parts of each element together.",
    ]);
  });

  it('embeds a place by lat and lon alone, and of no relation', () => {
    const place = { type: 'geo_point' };
    const [lat, lon] = [value('lat'), value('lon')];
    expect(built(object('at', [lat, lon], place))).toEqual({
      properties: { at: { type: 'geo_point' } },
      complaints: [],
    });
    const remedy = 'Give its embeddable `lat` and `lon`, and name these two alone with @SearchField() or `include`.';
    const wrong: (readonly [FieldModel[], string])[] = [
      [[], 'nothing'],
      [[lat], '`lat`'],
      [[lat, lon, value('x')], '`lat`, `lon`, `x`'],
      [[lat, value('x')], '`lat`, `x`'],
      [[lon, value('x')], '`lon`, `x`'],
    ];
    for (const [fields, names] of wrong)
      expect(built(object('at', fields, place)).complaints).toEqual([
        `Book.at: is embedded as \`geo_point\` with ${names}. ${remedy}`,
      ]);
    expect(built(object('at', [lat, lon], place, { relation: {} })).complaints).toHaveLength(1);
  });

  it('has one field of several classes where their mappings are one, or objects that do not contradict each other', () => {
    const [dog, cat] = [{ of: [Dog] }, { of: [Cat] }];
    expect(built(value('a', {}, dog), value('a', {}, cat))).toEqual({
      properties: { a: { type: 'text' } },
      complaints: [],
    });
    const both = built(
      object('o', [value('a'), object('p', [value('x')])], {}, dog),
      object('o', [value('b'), object('p', [value('y')])], {}, cat),
    );
    expect(both).toEqual({
      properties: {
        o: {
          type: 'object',
          properties: {
            a: { type: 'text' },
            b: { type: 'text' },
            p: { type: 'object', properties: { x: { type: 'text' }, y: { type: 'text' } } },
          },
        },
      },
      complaints: [],
    });
  });

  it('complains of one field with two mappings, by the classes that have them', () => {
    const says = 'Give both the same type and options in @SearchField, or one of the properties another name.';
    expect(
      built(value('a', {}, { of: [Dog] }), value('a', { type: 'keyword' }, { of: [Cat, Dog] })).complaints,
    ).toEqual([`Book.a: is \`text\` of Dog.a, and \`keyword\` of Cat.a, Dog.a, with other options. ${says}`]);
    expect(built(value('a'), value('a', { type: 'keyword' }, { of: [Cat] })).complaints).toEqual([
      `Book.a: is \`text\` of all (\`a\`), and \`keyword\` of Cat.a, with other options. ${says}`,
    ]);
    const objects = built(object('o', [value('a')]), object('o', [value('a', { type: 'keyword' })]));
    expect(objects.complaints).toHaveLength(1);
    expect(built(object('o', [value('a')]), object('o', [value('b')], { type: 'nested' })).complaints).toHaveLength(1);
    expect(built(object('o', [value('a')]), value('o')).complaints).toHaveLength(1);
  });
});
