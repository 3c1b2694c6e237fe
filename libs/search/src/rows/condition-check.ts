import { SearchModelError, type ModelComplaint } from '../errors/model.errors.js';
import type { IndexModel } from '../metadata/index-model.js';
import type { EntityClass } from '../metadata/recorder.js';
import type { EntityReader } from './entity-reader.js';
import { isFaultOfConditions } from './row-scope.js';

interface CheckedWhere {
  /** `Product`, or `Product.reviews`. */
  readonly name: string;
  readonly entity: EntityClass;
  readonly where: () => object;
}

/**
 * Lets the database read the conditions of all models, each of one row. Where it cannot be reached, or has no table yet,
 * their result is unknown.
 *
 * @throws SearchModelError that lists every condition that the database refuses
 */
export async function checkConditions(
  models: readonly IndexModel[],
  reader: Pick<EntityReader, 'compare'>,
): Promise<void> {
  const complaints: ModelComplaint[] = [];
  for (const checked of models.flatMap(conditionsOf)) complaints.push(...(await complaintsOf(checked, reader)));
  if (complaints.length > 0) throw new SearchModelError(complaints);
}

function conditionsOf({ entity, condition, sources }: IndexModel): CheckedWhere[] {
  const own = condition?.where ? [{ name: entity.name, entity, where: condition.where }] : [];
  const ofCollections = sources.flatMap((field): CheckedWhere[] => {
    if (field.kind !== 'object' || !field.filter || !field.relation) return [];
    const { where } = field.filter;
    return [{ name: `${entity.name}.${field.name}`, entity: field.relation.target, where: () => where }];
  });
  return [...own, ...ofCollections];
}

async function complaintsOf(
  { name, entity, where }: CheckedWhere,
  reader: Pick<EntityReader, 'compare'>,
): Promise<ModelComplaint[]> {
  try {
    await reader.compare(entity, where());
    return [];
  } catch (error) {
    if (!(await isFaultOfConditions(error, () => reader.compare(entity, {})))) return [];
    const why = error instanceof Error ? error.message.split('\n').at(-1)! : String(error);
    const problem = `has a condition that the database refuses: ${why}`;
    return [{ where: name, problem, remedy: 'Compare each column with values of its type' }];
  }
}
