import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/postgresql';
import { SearchModelError, SearchService, type EntityClass, type ModelComplaint } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';

/** What is complained of in the model of these entities; nothing when it is whole. No server is asked. */
export function complaintsOf(entities: readonly EntityClass[]): readonly ModelComplaint[] {
  const orm = new MikroORM({ entities: entities as never, dbName: 'none', metadataProvider: ReflectMetadataProvider });
  const engine = openSearch({ node: 'http://127.0.0.1:9' });
  try {
    new SearchService(orm, { engine });
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(SearchModelError);
    return (error as SearchModelError).complaints;
  } finally {
    void engine.close();
  }
}
