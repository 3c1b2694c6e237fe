import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/postgresql';
import {
  searchEntities,
  SearchModelError,
  SearchService,
  type EntityClass,
  type ModelComplaint,
} from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';

const STRATEGIES = ['outbox', 'after-commit', 'manual'] as const;

/** What is complained of in the model of these entities, in each strategy; nothing when it is whole. No request is sent. */
export function complaintsOf(entities: readonly EntityClass[]): readonly ModelComplaint[] {
  const [first, ...others] = STRATEGIES.map((sync) => complaintsIn(sync, entities));
  for (const other of others) expect(other).toEqual(first);
  return first!;
}

function complaintsIn(sync: (typeof STRATEGIES)[number], entities: readonly EntityClass[]): readonly ModelComplaint[] {
  const orm = new MikroORM({
    entities: [...entities, ...searchEntities] as never,
    dbName: 'none',
    metadataProvider: ReflectMetadataProvider,
  });
  const engine = openSearch({ node: 'http://127.0.0.1:9' });
  try {
    new SearchService(orm, { engine, sync });
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(SearchModelError);
    return (error as SearchModelError).complaints;
  } finally {
    void engine.close();
  }
}
