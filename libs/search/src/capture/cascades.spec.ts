import type { ForeignKey } from '../rows/foreign-keys.js';
import { cascadesOf, cascadesTo } from './cascades.js';
import type { Dependency } from './dependencies.js';

class Company {}
class Person {}
class Letter {}
class Log {}

const key = (entity: ForeignKey['entity'], target: ForeignKey['target'], onDelete: ForeignKey['onDelete'] = 'delete') =>
  ({ entity, path: [target.name.toLowerCase()], target, onDelete }) satisfies ForeignKey;
const definition = {} as Dependency['definition'];
const shows = (entity: Dependency['entity'], ...watched: string[]): Dependency => ({
  definition,
  entity,
  path: [],
  watched: new Set(watched),
  via: undefined,
});

const PERSON = key(Person, Company);
const LETTER = key(Letter, Person);
const LOG = key(Log, Letter);

describe('cascades of the database', () => {
  it('count where they lead to a row of a document, over rows of none', () => {
    expect(cascadesOf([PERSON, LETTER, LOG], [shows(Letter, 'text')])).toEqual([LETTER, PERSON]);
  });

  it('cost nothing where no document is at their end', () => {
    expect(cascadesOf([PERSON, LETTER, LOG], [shows(Company, 'name')])).toEqual([]);
  });

  it('end where rows lead to each other', () => {
    const self = key(Letter, Letter);
    expect(cascadesOf([self, key(Person, Letter), LETTER], [shows(Letter)])).toHaveLength(3);
  });

  it('that empty a foreign key count where a document shows it, and not the row that it leads to', () => {
    const emptied = key(Letter, Person, 'empty');
    const behind: Dependency = { ...shows(Person), path: ['person'] };
    expect(cascadesOf([emptied, PERSON], [shows(Letter, 'text')])).toEqual([]);
    expect(cascadesOf([emptied, PERSON], [shows(Letter, 'person')])).toEqual([emptied, PERSON]);
    expect(cascadesOf([emptied, LOG], [shows(Letter, 'person'), behind])).toEqual([]);
  });

  it('are known for rows that are looked at as of a base class, or of a class below', () => {
    class Novel extends Letter {}
    expect(cascadesTo(Novel, [LOG])).toEqual([LOG]);
    expect(cascadesTo(Letter, [key(Log, Novel)])).toHaveLength(1);
    expect(cascadesTo(Person, [LOG])).toEqual([]);
  });
});
