import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/postgresql';
import { SearchService, type SearchRepository } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { Place, places } from './places.js';

/** Places on a server, without a database. */
export function placesOn(node: string): {
  search: SearchService;
  repository: SearchRepository<Place>;
  readonly close: () => Promise<void>;
} {
  const orm = new MikroORM({ entities: [Place], dbName: 'none', metadataProvider: ReflectMetadataProvider });
  const search = new SearchService(orm, {
    engine: openSearch({ node, bulkTimeoutMs: 120_000 }),
    prefix: 'bench',
    sync: 'manual',
  });
  const repository = search.repository(Place);
  return {
    search,
    repository,
    close: async () => {
      await repository.control.delete();
      await search.close();
      await orm.close(true);
    },
  };
}

export function* writesOf(limit: number) {
  for (const { id, document } of places(limit)) yield { action: 'index', id, document } as never;
}
