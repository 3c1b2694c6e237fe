import type { EngineHit } from '../contracts/engine.js';
import { SearchQueryError } from '../errors/query.errors.js';
import type { IndexModel } from '../metadata/index-model.js';
import type { EntityClass } from '../metadata/recorder.js';
import { FoundHit, withoutName } from './found-hit.js';
import type { EntityHit, Hit } from './search-page.js';

/** The hits of a model, which hold their class. */
export function entityHitsOf(
  model: Pick<IndexModel, 'entity' | 'tree'>,
): new (hit: EngineHit, source: unknown) => EntityHit<unknown> {
  class FoundEntityHit extends FoundHit {
    is(entity: EntityClass): boolean {
      return isA(classOf(this, model), entity);
    }
  }
  withoutName(FoundEntityHit);
  return FoundEntityHit as never;
}

function classOf({ id, source }: Hit<unknown>, { entity, tree }: Pick<IndexModel, 'entity' | 'tree'>): EntityClass {
  if (!tree) return entity;
  const value = (source as Readonly<Record<string, unknown>> | undefined)?.[tree.discriminator];
  const found = tree.classes.get(String(value));
  if (found) return found;
  const field = tree.discriminator;
  throw new SearchQueryError(
    field,
    `the hit ${id} came without its field \`${field}\`, which holds its class: list it in source(…)`,
    value,
  );
}

function isA(entity: EntityClass, of: EntityClass): boolean {
  return entity === of || Object.prototype.isPrototypeOf.call(of, entity);
}
