import { EntitySchema } from '@mikro-orm/core';
import { MikroORM } from '@mikro-orm/postgresql';
import {
  Indexed,
  searchEntities,
  SearchField,
  SearchService,
  type EntityClass,
  type SearchEvent,
} from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { describeWith } from '@rookery/services';
import { dropIndices, dropOrm, OPENSEARCH_URL, uniqueName } from '../harness.js';
import { KINDS, PLACES, type Place } from './kinds.js';

class Plain {
  id!: number;
}
class Other {
  id!: number;
}
class Includer {
  id!: number;
}
class Part {}
class Embedder {
  id!: number;
}

const id = { type: 'integer', primary: true } as const;
/** New ones for each entity: the ORM writes into what it is given. */
const columns = (): object =>
  Object.fromEntries(Object.entries(KINDS).map(([name, kind]) => [name, { nullable: true, ...kind.property() }]));
const values = Object.fromEntries(Object.entries(KINDS).map(([name, kind]) => [name, kind.value]));
const nulls = Object.fromEntries(Object.keys(KINDS).map((name) => [name, null]));

for (const entity of [Plain, Other, Part])
  for (const [name, { options }] of Object.entries(KINDS)) SearchField(options ?? {})(entity.prototype, name);
SearchField({ include: Object.keys(KINDS) })(Includer.prototype, 'other');
for (const name of ['part', 'box', 'parts']) SearchField()(Embedder.prototype, name);
for (const entity of [Plain, Includer, Embedder]) Indexed({})(entity);

const schemaOf = (entity: EntityClass, properties: object, more: object = {}): unknown =>
  new EntitySchema({ class: entity, properties, ...more } as never);
const schemas = (): unknown[] => [
  schemaOf(Plain, { id, ...columns() }),
  schemaOf(Other, { id, ...columns() }),
  schemaOf(Includer, { id, other: { kind: 'm:1', entity: () => Other, nullable: true } }),
  schemaOf(Part, columns(), { embeddable: true }),
  schemaOf(Embedder, {
    id,
    part: { kind: 'embedded', entity: () => Part, nullable: true },
    box: { kind: 'embedded', entity: () => Part, object: true, nullable: true },
    parts: { kind: 'embedded', entity: () => Part, array: true, nullable: true },
  }),
];

const WHERE: Readonly<Record<Place, { entity: EntityClass; at: string }>> = {
  plain: { entity: Plain, at: '' },
  included: { entity: Includer, at: 'other.' },
  embedded: { entity: Embedder, at: 'part.' },
  'in JSON': { entity: Embedder, at: 'box.' },
  'in a list': { entity: Embedder, at: 'parts.' },
};

interface Mapped {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Mapped>>;
}

const CASES = PLACES.flatMap((place) =>
  Object.entries(KINDS).map(([name, kind]) => ({
    name,
    place,
    kind,
    ...WHERE[place],
    path: `${WHERE[place].at}${name}`,
  })),
);

function valueAt(document: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, step) => {
    const holder = Array.isArray(value) ? (value as unknown[])[0] : value;
    return (holder as Record<string, unknown> | null | undefined)?.[step];
  }, document);
}

function holds(sync: 'outbox' | 'after-commit'): void {
  const prefix = uniqueName();
  const events: SearchEvent[] = [];
  /** By alias, what the engine has. */
  const mapped = new Map<string, Mapped>();
  let orm: MikroORM;
  let search: SearchService;

  beforeAll(async () => {
    orm = await MikroORM.init({
      clientUrl: process.env['POSTGRES_URL']!,
      dbName: prefix,
      entities: [...schemas(), ...searchEntities] as never,
      allowGlobalContext: false,
    });
    await orm.schema.ensureDatabase();
    await orm.schema.create();
    search = new SearchService(orm, {
      engine: openSearch({ node: OPENSEARCH_URL }),
      prefix,
      sync,
      onEvent: (event) => events.push(event),
    });
    await search.start();
    const engine = openSearch({ node: OPENSEARCH_URL });
    for (const { aliases, mappings } of await engine.readIndices(`${prefix}-*`))
      for (const alias of aliases) mapped.set(alias, mappings);
    await engine.close();
    const em = orm.em.fork();
    const create = (entity: EntityClass, data: object): object => em.create(entity as never, data as never);
    for (const [key, data] of [values, nulls].entries()) {
      create(Plain, { id: key + 1, ...data });
      create(Includer, { id: key + 1, other: create(Other, { id: key + 1, ...data }) });
    }
    create(Embedder, { id: 1, part: values, box: values, parts: [values] });
    create(Embedder, { id: 2, part: null, box: null, parts: null });
    await em.flush();
    await search.settled();
  }, 60_000);

  afterAll(async () => {
    await search.close();
    await dropIndices(prefix);
    await dropOrm(orm);
  }, 30_000);

  it('is written, each document', () => {
    expect(events).toEqual([]);
  });

  it.each(CASES)('$name, $place: holds the value', async ({ entity, path, kind }) => {
    const stored = await search.repository<object>(entity).get(1);
    expect(valueAt(stored?.source, path)).toEqual(kind.source);
  });

  it.each(CASES)('$name, $place: has its type', ({ entity, path, kind }) => {
    const root = mapped.get(`${prefix}-${entity.name.toLowerCase()}`)!;
    const mapping = path.split('.').reduce<Mapped>((level, step) => level.properties?.[step] ?? {}, root);
    expect(mapping.type ?? 'object').toBe(kind.type);
  });

  it.each(CASES.filter(({ kind }) => kind.found))('$name, $place: is found', async ({ entity, path, kind }) => {
    const query = JSON.parse(JSON.stringify(kind.found).replaceAll('$', path)) as object;
    const repository = search.repository<object>(entity);
    const page = await repository.query().raw({ query }).search();
    expect(page.hits.map(({ id: found }) => found)).toEqual(['1']);
  });

  it.each(Object.keys(KINDS))('%s: null stays null', async (name) => {
    const [plain, includer, embedder] = await Promise.all(
      [Plain, Includer, Embedder].map((entity) => search.repository<object>(entity).get(2)),
    );
    expect(valueAt(plain?.source, name)).toBeNull();
    expect(valueAt(includer?.source, `other.${name}`)).toBeNull();
    expect(embedder?.source).toEqual({ box: null, parts: null, part: null });
  });
}

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'every kind of property, wherever it is declared', () => {
    describe.each(['outbox', 'after-commit'] as const)('by %s,', (sync) => holds(sync));
  }),
);
