import { MikroOrmModule } from '@mikro-orm/nestjs';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { HerdModule, staticNodes } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { SearchModule } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { AddressesModule } from './addresses/addresses.module.js';
import { DEMO_CONFIG, type DemoConfig } from './config.js';
import { ormOptions } from './entities/orm-options.js';
import { ExportModule } from './export/export.module.js';
import { HealthModule } from './health/health.module.js';
import { LimitsModule } from './limits/limits.module.js';
import { LoginModule } from './login/login.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { PresidentsModule } from './presidents/presidents.module.js';
import { ProblemFilter } from './problem/problem.filter.js';
import { PassageSearchModule } from './search/search.module.js';

/** The three libraries, and a module for each feature that uses them. */
@Global()
@Module({})
export class AppModule {
  static for(config: DemoConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [
        MikroOrmModule.forRoot({ ...ormOptions(config.postgresUrl), driver: PostgreSqlDriver }),
        SearchModule.forRoot({
          engine: openSearch({ node: config.opensearchUrl, requestTimeoutMs: 5_000 }),
          prefix: config.prefix,
          sync: 'after-commit',
          createIndices: false, // prepareIndex does, and replaces one of an older model where the library would refuse to start.
          shutdownTimeoutMs: 2_000,
        }),
        HerdModule.forRoot({ name: 'cache', discovery: staticNodes(config.memcachedServers), driver: memcached() }),
        LimitsModule,
        PassageSearchModule,
        ExportModule, // Before the addresses, whose :id would take its route.
        AddressesModule,
        PresidentsModule,
        LoginModule,
        HealthModule,
        MetricsModule,
      ],
      providers: [
        { provide: DEMO_CONFIG, useValue: config },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
      exports: [DEMO_CONFIG],
    };
  }
}
