import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/postgresql';
import { SearchService } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { KINDS } from '../values/kinds.js';
import { pageRows, testText, type Proof, type Rows } from './row.js';
import { CONDITIONS } from './rows/conditions.js';
import { INHERITANCE } from './rows/inheritance.js';
import { KEY_ROWS } from './rows/keys.js';
import { RELATIONS } from './rows/relations.js';
import { VALUES } from './rows/values.js';
import { WAYS } from './rows/ways.js';

/** A subject of the page each. */
const ROWS: Rows = { ...VALUES, ...CONDITIONS, ...KEY_ROWS, ...RELATIONS, ...INHERITANCE, ...WAYS };

const engine = openSearch({ node: 'http://127.0.0.1:9' });
afterAll(() => engine.close());

function start(entities: readonly unknown[]): SearchService {
  const orm = new MikroORM({ entities: entities as never, dbName: 'none', metadataProvider: ReflectMetadataProvider });
  return new SearchService(orm, { engine });
}

function prove(proof: Proof): void {
  if ('entities' in proof) expect(() => start(proof.entities)).toThrow(proof.complaint);
  else if ('kinds' in proof) expect(Object.keys(KINDS)).toEqual(expect.arrayContaining([...proof.kinds]));
  else proveByTest(proof.file, proof.says);
}

/** The text stands in code of a test that runs: in no comment, and in a file that leaves none out. */
function proveByTest(file: string, says: string): void {
  const text = testText(file);
  const [before, ...others] = text.split(says);
  expect(others.length).toBeGreaterThan(0);
  expect(before!.slice(before!.lastIndexOf('\n') + 1)).not.toMatch(/\/\/|^\s*\*/);
  expect(text).not.toMatch(/\.(skip|only|todo|failing)\b|\bx(it|describe|test)\(/);
}

describe('the page of entities', () => {
  it('has a row for each test', () => {
    expect(
      pageRows()
        .map(({ construct }) => construct)
        .sort(),
    ).toEqual(Object.keys(ROWS).sort());
  });

  it.each(pageRows())('$construct: $verdict', ({ construct, verdict }) => {
    const proof = ROWS[construct]!;
    expect(proof.verdict).toBe(verdict);
    prove(proof);
  });

  it('says of every kind of the matrix what becomes of it', () => {
    const named = Object.values(ROWS).flatMap((proof) => ('kinds' in proof ? proof.kinds : []));
    expect(Object.keys(KINDS).filter((kind) => !named.includes(kind))).toEqual([]);
  });
});
