import { MikroORM } from '@mikro-orm/core';
import {
  Inject,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type FactoryProvider,
  type InjectionToken,
  type ModuleMetadata,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Provider,
  type Type,
} from '@nestjs/common';
import { SearchOptionError } from '../errors/option-error.js';
import { OptionProblems } from '../support/option-problems.js';
import { aFunction, aText, anything, checkOptions, type OptionTable, isObject } from '../support/option-table.js';
import { indexNameOf, recordedIndices, type EntityClass } from '../metadata/recorder.js';
import type { SearchOptions } from '../service/options.js';
import { SearchService } from '../service/search.service.js';
import { logged } from './event-log.js';
import { isCommandLine } from './run-mode.js';
import { getSearchRepositoryToken, getSearchToken } from './tokens.js';

const OPTIONS = Symbol('SearchOptions');
/** The search of one module, whatever its name. */
const OWN = Symbol('Search');

export interface SearchModuleOptions extends SearchOptions {
  /** Token of the ORM to follow; `MikroORM` when absent. For several databases: `getMikroORMToken('name')`. */
  readonly orm?: InjectionToken;
}

/** Makes options from what Nest provides. */
export interface SearchOptionsFactory {
  createSearchOptions(): SearchOptions | Promise<SearchOptions>;
}

export interface SearchModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  /** As in {@link SearchOptions}; needed here since the options come later. */
  readonly name?: string;
  readonly orm?: InjectionToken;
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory?: (...dependencies: never[]) => SearchOptions | Promise<SearchOptions>;
  readonly useClass?: Type<SearchOptionsFactory>;
  readonly useExisting?: Type<SearchOptionsFactory>;
}

/**
 * Search over the application's MikroORM, for the whole application.
 *
 * @example
 * \@Module({ imports: [
 *   MikroOrmModule.forRoot(config),
 *   SearchModule.forRoot({ engine: openSearch({ node: 'http://127.0.0.1:9200' }), prefix: 'dev' }),
 *   SearchModule.forFeature([Passage]),
 * ] })
 */
@Module({})
export class SearchModule implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(@Inject(OWN) private readonly search: SearchService) {}

  static forRoot(given: SearchModuleOptions): DynamicModule {
    checkRootOptions(given);
    const { orm, ...options } = given;
    return root([{ provide: OPTIONS, useValue: options }], orm, options.name);
  }

  static forRootAsync(options: SearchModuleAsyncOptions): DynamicModule {
    const providers = asyncOptions(options);
    return { ...root(providers, options.orm, options.name), imports: options.imports ?? [] };
  }

  /** Makes the repositories of these entities, one for each of their indices, injectable in the importing module. */
  static forFeature(entities: readonly EntityClass[]): DynamicModule {
    if (!Array.isArray(entities) || entities.some((entity) => typeof entity !== 'function'))
      throw new SearchOptionError([
        {
          option: 'forFeature',
          requirement: 'needs a list of entity classes: forFeature([Passage])',
          received: entities,
        },
      ]);
    const providers = entities.flatMap(repositoriesOf);
    return { module: SearchFeatureModule, providers, exports: providers.map(({ provide }) => provide) };
  }

  async onModuleInit(): Promise<void> {
    if (!isCommandLine()) await this.search.start();
  }

  /** Before the ORM closes. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.search.drain();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.search.close();
  }
}

const ASYNC: OptionTable<SearchModuleAsyncOptions> = {
  name: { ...aText, requirement: "must be a name such as 'logs'" },
  orm: anything,
  imports: { accepts: Array.isArray, requirement: 'must be a list of modules' },
  inject: { accepts: Array.isArray, requirement: 'must be a list of tokens' },
  useFactory: aFunction,
  useClass: aFunction,
  useExisting: anything,
};

/** What the module needs before there is a search, which judges the rest. @throws SearchOptionError */
export function checkRootOptions(given: object): void {
  const problems = new OptionProblems();
  problems.check(isObject(given), 'SearchModule options', given, 'must be an object such as { engine }');
  problems.throwIfAny();
}

/** @throws SearchOptionError with all that is wrong */
function checkAsyncOptions(given: SearchModuleAsyncOptions): void {
  const problems = new OptionProblems();
  if (checkOptions(problems, given, ASYNC, 'forRootAsync.')) {
    const ways = [given.useFactory, given.useClass, given.useExisting].filter((way) => way !== undefined);
    const requirement = 'needs exactly one of useFactory, useClass, useExisting';
    problems.check(ways.length === 1, 'forRootAsync', Object.keys(given), requirement);
    const injecting = given.inject === undefined || given.useFactory !== undefined;
    problems.check(injecting, 'forRootAsync.inject', given.inject, 'must stand beside useFactory, which receives it');
  }
  problems.throwIfAny();
}

@Module({})
class SearchFeatureModule {}

/** The first index is injected without a name. A class that is not indexed gets its complaint from the search. */
function repositoriesOf(entity: EntityClass): FactoryProvider[] {
  const indices = recordedIndices(entity);
  return (indices.length > 0 ? indices : [{}]).map((options, at) => ({
    provide: getSearchRepositoryToken(entity, at === 0 ? undefined : indexNameOf(entity, options)),
    inject: [getSearchToken(options.engine)],
    useFactory: (search: SearchService) => search.repository(entity, options.name),
  }));
}

function root(options: Provider[], orm: InjectionToken = MikroORM, name?: string): DynamicModule {
  const token = getSearchToken(name);
  const search: FactoryProvider = {
    provide: token,
    inject: [orm, OPTIONS],
    useFactory: (database: MikroORM, given: SearchOptions) =>
      new SearchService(database, {
        ...given,
        ...(name === undefined ? {} : { name }),
        onEvent: logged(given.onEvent),
      }),
  };
  const byClass = name === undefined ? [{ provide: SearchService, useExisting: token }] : [];
  return {
    module: SearchModule,
    global: true,
    providers: [...options, search, { provide: OWN, useExisting: token }, ...byClass],
    exports: [token, ...byClass.map(({ provide }) => provide)],
  };
}

function asyncOptions(given: SearchModuleAsyncOptions): Provider[] {
  checkAsyncOptions(given);
  const { useFactory, useClass, useExisting, inject = [] } = given;
  if (useFactory) return [{ provide: OPTIONS, inject, useFactory: useFactory as FactoryProvider['useFactory'] }];
  const factory = (useExisting ?? useClass)!;
  const options: FactoryProvider = {
    provide: OPTIONS,
    inject: [factory],
    useFactory: (made: SearchOptionsFactory) => made.createSearchOptions(),
  };
  return useClass ? [{ provide: useClass, useClass }, options] : [options];
}
