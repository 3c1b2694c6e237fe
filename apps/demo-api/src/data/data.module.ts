import { MikroOrmModule } from '@mikro-orm/nestjs';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { type DynamicModule, Module } from '@nestjs/common';
import { SearchModule } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import type { DemoConfig } from '../config.js';
import { ormOptions } from '../entities/orm-options.js';

/** What is stored, and what of it is searched: all that the application and `npm run search` have in common. */
@Module({})
export class DataModule {
  static for(config: DemoConfig): DynamicModule {
    return {
      module: DataModule,
      imports: [
        MikroOrmModule.forRoot({ ...ormOptions(config.postgresUrl), driver: PostgreSqlDriver }),
        SearchModule.forRoot({
          engine: openSearch({ node: config.opensearchUrl }),
          prefix: config.prefix,
          sync: 'outbox',
          createIndices: false, // `prepareIndex` does, and shows how far it is.
          slowQueryMs: config.slowQueryMs,
          shutdownTimeoutMs: 2_000,
        }),
      ],
    };
  }
}
