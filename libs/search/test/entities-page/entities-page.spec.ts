import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/postgresql';
import { searchEntities, SearchService } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { KINDS } from '../values/kinds.js';
import { pageRows, STRATEGIES, testText, type Proof, type Rows } from './row.js';
import { CONDITIONS } from './rows/conditions.js';
import { INHERITANCE } from './rows/inheritance.js';
import { KEY_ROWS } from './rows/keys.js';
import { RELATIONS } from './rows/relations.js';
import { VALUES } from './rows/values.js';
import { WAYS } from './rows/ways.js';
import { testNames } from './test-names.js';

/** A subject of the page each. */
const ROWS: Rows = { ...VALUES, ...CONDITIONS, ...KEY_ROWS, ...RELATIONS, ...INHERITANCE, ...WAYS };

const engine = openSearch({ node: 'http://127.0.0.1:9' });
afterAll(() => engine.close());

function start(entities: readonly unknown[], sync: (typeof STRATEGIES)[number]): SearchService {
  const orm = new MikroORM({
    entities: [...entities, ...searchEntities] as never,
    dbName: 'none',
    metadataProvider: ReflectMetadataProvider,
  });
  return new SearchService(orm, { engine, sync });
}

const KINDS_SPEC = 'values/matrix.spec.ts';
const SPECS = [...new Set(Object.values(ROWS).flatMap((proof) => ('spec' in proof ? [proof.spec] : [])))];
let names: ReadonlyMap<string, readonly string[]>;

function prove(proof: Proof): void {
  if ('entities' in proof)
    for (const sync of STRATEGIES) expect(() => start(proof.entities, sync)).toThrow(proof.complaint);
  else if ('kinds' in proof)
    for (const kind of proof.kinds) proveByTest(KINDS_SPEC, `, ${kind}, plain: holds the value`, STRATEGIES);
  else {
    const inEach = proof.verdict === 'followed' || proof.verdict === 'set aside';
    proveByTest(proof.spec, proof.test, proof.strategies ?? (inEach ? STRATEGIES : []));
  }
}

/** A spec that leaves nothing out has such a test, in each of these strategies. */
function proveByTest(spec: string, test: string, strategies: readonly string[]): void {
  const found = (names.get(spec) ?? []).filter((name) => name.includes(test));
  expect({ spec, test, found: found.length }).not.toEqual({ spec, test, found: 0 });
  for (const strategy of strategies) expect(found).toContainEqual(expect.stringContaining(strategy));
  expect(testText(spec)).not.toMatch(/\.(skip|only|todo|failing)\b|\bx(it|describe|test)\(/);
}

describe('the page of entities', () => {
  beforeAll(async () => void (names = await testNames([...SPECS, KINDS_SPEC])), 300_000);

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
