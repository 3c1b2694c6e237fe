import { Indexed } from '../metadata/decorators.js';
import { SearchModelError } from '../errors/model.errors.js';
import type { IndexDefinition } from './index-definition.js';
import { IndexRegistry } from './index-registry.js';

@Indexed({ name: 'books' })
@Indexed({ name: 'drafts' })
class Book {}

@Indexed({ engine: 'logs' })
class Entry {}

@Indexed()
class Note {}

class Plain {}

const definition = (entity: unknown, name: string): IndexDefinition =>
  ({ alias: `dev-${name}`, model: { entity, name } }) as unknown as IndexDefinition;
const DEFINITIONS = [definition(Book, 'books'), definition(Book, 'drafts')];
const registry = (engine?: string) => new IndexRegistry(DEFINITIONS, engine);

describe('the indices of a search', () => {
  it('are found by entity, by entity and name, and by name', () => {
    expect(registry().aliases).toEqual(['dev-books', 'dev-drafts']);
    expect([registry().of(Book), registry().of(Book, 'drafts'), registry().of('drafts')]).toEqual([
      DEFINITIONS[0],
      DEFINITIONS[1],
      DEFINITIONS[1],
    ]);
  });

  it.each([
    ["'pages'", () => registry().of('pages'), "'pages': is no index of this search. ", 'Use one of: books, drafts'],
    [
      'another of an entity',
      () => registry().of(Book, 'x'),
      "Book: has no index 'x' here",
      'Use one of: books, drafts',
    ],
    ['no @Indexed', () => registry().of(Plain), 'Plain: is not indexed. ', 'Decorate the class with @Indexed()'],
    [
      'unknown to the ORM',
      () => registry().of(Note),
      'Note: is not an entity of the ORM',
      "Add it to the ORM's `entities`",
    ],
    [
      'of another engine',
      () => registry().of(Entry),
      "Entry: lives on the engine 'logs', not on the default one",
      'Ask the search of that name, or change @Indexed({ engine })',
    ],
    [
      'of the default engine',
      () => registry('logs').of(Note),
      "Note: lives on the default engine, not on 'logs'",
      'Ask the search',
    ],
  ])('say what is missing: %s', (_what, find, problem, remedy) => {
    expect(find).toThrow(SearchModelError);
    expect(find).toThrow(problem);
    expect(find).toThrow(remedy);
  });
});
