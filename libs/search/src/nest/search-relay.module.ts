import { Module, type DynamicModule } from '@nestjs/common';
import { SearchModule, type SearchModuleOptions } from './search.module.js';

/**
 * The relay alone, for a worker process; the application then says `relay: false`. Any number may run at once.
 *
 * @example
 * \@Module({ imports: [MikroOrmModule.forRoot(config), SearchRelayModule.forRoot({ engine, prefix: 'prod' })] })
 * class WorkerModule {}
 * const worker = await NestFactory.createApplicationContext(WorkerModule);
 * worker.enableShutdownHooks();
 */
@Module({})
export class SearchRelayModule {
  static forRoot(options: Omit<SearchModuleOptions, 'sync'>): DynamicModule {
    return {
      module: SearchRelayModule,
      imports: [SearchModule.forRoot({ ...options, sync: 'outbox', relay: options.relay ?? true })],
    };
  }
}
