import { Inject } from '@nestjs/common';
import { indexNameOf, recordedIndices, type EntityClass } from '../metadata/recorder.js';

const TOKENS = Symbol.for('rookery:search:repositories');
type Tokens = WeakMap<EntityClass, Map<string, symbol>>;

const shared = globalThis as { [TOKENS]?: Tokens };
/** By class, as two classes may have one name; for the whole process, so that a package that is loaded twice finds the same. */
const repositories = (shared[TOKENS] ??= new WeakMap());

/**
 * What `SearchModule.forFeature` provides the repository of an entity under.
 *
 * @param index name of one of its indices; the first when absent.
 */
export function getSearchRepositoryToken(entity: EntityClass, index?: string): symbol {
  const [first = {}] = recordedIndices(entity);
  const name = index ?? indexNameOf(entity, first);
  const tokens = repositories.get(entity) ?? new Map<string, symbol>();
  const token =
    tokens.get(name) ??
    Symbol(`rookery:search:repository<${[entity.name, ...(index === undefined ? [] : [`'${index}'`])].join(', ')}>`);
  repositories.set(entity, tokens.set(name, token));
  return token;
}

/**
 * @example
 * constructor(
 *   \@InjectSearchRepository(Passage) private readonly passages: SearchRepository<Passage>,
 *   \@InjectSearchRepository(Passage, 'suggestions') private readonly suggestions: SearchRepository<Passage>,
 * ) {}
 */
export function InjectSearchRepository(entity: EntityClass, index?: string): ParameterDecorator & PropertyDecorator {
  return Inject(getSearchRepositoryToken(entity, index));
}

/**
 * What `SearchModule.forRoot({ name })` provides its `SearchService` under. The class alone injects the one without a name too.
 * A package that is loaded twice, as ES modules and as CommonJS, gives the same token twice.
 */
export function getSearchToken(name?: string): symbol {
  return Symbol.for(name === undefined ? 'rookery:search' : `rookery:search:${name}`);
}

/** @example constructor(@InjectSearch() private readonly search: SearchService, @InjectSearch('logs') private readonly logs: SearchService) {} */
export function InjectSearch(name?: string): ParameterDecorator & PropertyDecorator {
  return Inject(getSearchToken(name));
}
