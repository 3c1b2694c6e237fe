import { MikroOrmModule } from '@mikro-orm/nestjs';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { type DynamicModule, Module } from '@nestjs/common';
import { SearchModule } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { openTelemetryTraceContext } from '@rookery/search/opentelemetry';
import type { DemoConfig } from '../config/demo-config.js';
import { ormOptions } from '../entities/orm-options.js';
import { QueryLogger } from '../tracing/query-logger.js';
import { currentTraceId } from '../tracing/trace-id.js';
import { TracingModule } from '../tracing/tracing.module.js';

/** What is stored, and what of it is searched: all that the application and `npm run search` have in common. */
@Module({})
export class DataModule {
  static for(config: DemoConfig): DynamicModule {
    const { tracing } = config;
    return {
      module: DataModule,
      imports: [
        MikroOrmModule.forRoot({
          ...ormOptions(config.postgresUrl),
          driver: PostgreSqlDriver,
          // Who reads or writes rows forks; a context of each request would be made for cached answers and searches, too.
          registerRequestContext: false,
          ...(tracing ? { loggerFactory: QueryLogger.create } : {}),
        }),
        SearchModule.forRoot({
          engine: openSearch({ node: config.opensearchUrl, ...(tracing ? { opaqueId: currentTraceId } : {}) }),
          prefix: config.prefix,
          sync: 'outbox',
          createIndices: false, // `prepareIndex` does, and shows how far it is.
          slowQueryMs: config.slowQueryMs,
          shutdownTimeoutMs: 2_000,
          ...(tracing ? { traceContext: openTelemetryTraceContext() } : {}),
        }),
        TracingModule.for(config),
      ],
    };
  }
}
