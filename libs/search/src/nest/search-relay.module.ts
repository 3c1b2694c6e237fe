import { Module, type DynamicModule } from '@nestjs/common';
import { OptionProblems } from '../support/option-problems.js';
import { checkRootOptions, SearchModule, type SearchModuleOptions } from './search.module.js';

/**
 * The relay alone, for a worker process; the application then sets `relay: false`. Any number may run at once.
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
    checkRelayOptions(options);
    const { relay = true } = options;
    return { module: SearchRelayModule, imports: [SearchModule.forRoot({ ...options, sync: 'outbox', relay })] };
  }
}

/** @throws SearchOptionError for what contradicts a relay */
function checkRelayOptions(options: SearchModuleOptions): void {
  checkRootOptions(options);
  const { sync, relay } = options;
  const problems = new OptionProblems();
  const relays = sync === undefined || sync === 'outbox';
  problems.check(relays, 'sync', sync, 'must be left out, as a relay publishes the outbox');
  problems.check(relay !== false, 'relay', relay, 'must be true or options: this module runs nothing else');
  problems.throwIfAny();
}
