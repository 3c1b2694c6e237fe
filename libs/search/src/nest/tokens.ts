import { Inject } from '@nestjs/common';
import type { EntityClass } from '../metadata/recorder.js';
import { SearchService } from '../service/search.service.js';

const repositories = new WeakMap<EntityClass, symbol>();

/** What `SearchModule.forFeature` provides the repository of an entity under. */
export function getSearchRepositoryToken(entity: EntityClass): symbol {
  const token = repositories.get(entity) ?? Symbol(`SearchRepository<${entity.name}>`);
  repositories.set(entity, token);
  return token;
}

/** @example constructor(@InjectSearchRepository(Passage) private readonly passages: SearchRepository<Passage>) {} */
export function InjectSearchRepository(entity: EntityClass): ParameterDecorator & PropertyDecorator {
  return Inject(getSearchRepositoryToken(entity));
}

/** What `SearchModule.forRoot({ name })` provides its `SearchService` under; the class itself without a name. */
export function getSearchToken(name?: string): typeof SearchService | symbol {
  return name === undefined ? SearchService : Symbol.for(`rookery:search:${name}`);
}

/** @example constructor(@InjectSearch() private readonly search: SearchService, @InjectSearch('logs') private readonly logs: SearchService) {} */
export function InjectSearch(name?: string): ParameterDecorator & PropertyDecorator {
  return Inject(getSearchToken(name));
}
