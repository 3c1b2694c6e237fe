import { SearchQueryError } from '../errors/query.errors.js';
import type { IndexModel } from '../metadata/index-model.js';
import type { EntityClass } from '../metadata/recorder.js';
import type { EntityHit, Hit } from './search-page.js';

/** Lets a hit say of which class it is; what is printed or compared of it stays as it is. */
export function withClass(hit: Hit<unknown>, model: Pick<IndexModel, 'entity' | 'tree'>): EntityHit<unknown> {
  const is = (entity: EntityClass): boolean => isA(classOf(hit, model), entity);
  return Object.defineProperty(hit, 'is', { value: is }) as EntityHit<unknown>;
}

function classOf({ id, source }: Hit<unknown>, { entity, tree }: Pick<IndexModel, 'entity' | 'tree'>): EntityClass {
  if (!tree) return entity;
  const value = (source as Readonly<Record<string, unknown>> | undefined)?.[tree.discriminator];
  const found = tree.classes.get(String(value));
  if (found) return found;
  const field = tree.discriminator;
  throw new SearchQueryError(
    field,
    `the hit ${id} came without its field \`${field}\`, which says of which class it is: ask for it in source(…)`,
    value,
  );
}

function isA(entity: EntityClass, of: EntityClass): boolean {
  return entity === of || Object.prototype.isPrototypeOf.call(of, entity);
}
