import { defineEntity, p } from '@mikro-orm/core';
import { MikroORM } from '@mikro-orm/postgresql';
import { defineFields, defineIndex, SearchModelError, SearchOptionError, SearchService } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';

const engine = openSearch({ node: 'http://127.0.0.1:9' });
afterAll(() => engine.close());

function complaints(...entities: unknown[]): string[] {
  const orm = new MikroORM({ entities: entities as never, dbName: 'none' });
  try {
    new SearchService(orm, { engine });
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(SearchModelError);
    return (error as SearchModelError).complaints.map(
      ({ where, problem, remedy }) => `${where}: ${problem}. ${remedy}`,
    );
  }
}

const noteSchema = (name: string, more: object = {}) =>
  defineEntity({ name, properties: { id: p.integer().primary(), text: p.text() }, ...more });

describe('a model is refused where', () => {
  it('the class of a schema was replaced after defineIndex', () => {
    const schema = noteSchema('Replaced');
    defineIndex(schema, { name: 'replaced', fields: { text: {} } });
    class Replacing extends schema.class {}
    schema.setClass(Replacing);
    expect(complaints(schema)).toEqual([
      'Replaced: got another class by `setClass` after `defineIndex`. Call `defineIndex` afterwards, or with that class',
    ]);
  });

  it('an entity, or one that it embeds, has the schema of each call', () => {
    const author = noteSchema('Anywhere', { schema: '*' });
    const book = defineEntity({
      name: 'Somewhere',
      properties: { id: p.integer().primary(), author: () => p.manyToOne(author) },
    });
    defineIndex(book, { name: 'somewhere', fields: { author: { include: ['text'] } } });
    expect(complaints(author, book)).toEqual([
      "Anywhere: has the schema '*', so that only each call knows where its rows are. Name its schema; where each tenant has one, give each an ORM and a search of its own: forRoot({ name, orm, prefix })",
    ]);
  });

  it('no index reads the entity of every schema: nothing is wrong', () => {
    const note = noteSchema('Here');
    defineIndex(note, { name: 'here', fields: { text: {} } });
    expect(complaints(note, noteSchema('There', { schema: '*' }))).toEqual([]);
  });

  it('a field of defineIndex is none of the entity', () => {
    const note = noteSchema('Misspelt');
    defineIndex(note, { name: 'misspelt', fields: { txt: {} } as never });
    expect(complaints(note)).toEqual(['Misspelt.txt: is neither a mapped property nor a getter. Use one of: id, text']);
  });

  it.each([[undefined], [{}], ['Note'], [{ meta: {} }]])('%p is given as an entity', (entity) => {
    expect(() => defineIndex(entity as never, { fields: {} })).toThrow(SearchOptionError);
    expect(() => defineFields(entity as never, {})).toThrow(
      'defineFields needs a class of entities, or a schema that has its `class`',
    );
  });
});

describe('fields of defineIndex', () => {
  it('are for their index alone, and for documents that embed the entity', () => {
    const author = noteSchema('Penned');
    defineIndex(author, { name: 'penned', fields: { text: { type: 'keyword' }, id: {} } });
    defineIndex(author, { name: 'penned-texts', fields: { text: { analyzer: 'english' } } });
    const book = defineEntity({
      name: 'Printed',
      properties: { id: p.integer().primary(), author: () => p.manyToOne(author) },
    });
    defineIndex(book, { name: 'printed', fields: { author: { include: ['text'] } } });
    const orm = new MikroORM({ entities: [author, book] as never, dbName: 'none' });
    const search = new SearchService(orm, { engine });
    const mapped = (name: string): object =>
      (
        search as unknown as {
          assembly: { registry: { of(name: string): { body: { mappings: { properties: object } } } } };
        }
      ).assembly.registry.of(name).body.mappings.properties;
    expect(mapped('penned')).toEqual({ text: { type: 'keyword' }, id: { type: 'keyword' } });
    expect(mapped('penned-texts')).toEqual({ text: { type: 'text', analyzer: 'english' } });
    expect(mapped('printed')).toEqual({
      author: { type: 'object', properties: { text: { type: 'text', analyzer: 'english' } } },
    });
  });
});
