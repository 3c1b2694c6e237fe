import type { EntityMetadata } from '@mikro-orm/core';
import { SearchModelError, type ModelComplaint } from '../errors/model.errors.js';
import type { FieldModel, IndexModel } from './index-model.js';
import { FieldReader } from './field-reader.js';
import { recordedFields, recordedIndexed, type EntityClass } from './recorder.js';

export interface ModelReading {
  readonly models: readonly IndexModel[];
  readonly complaints: readonly ModelComplaint[];
}

/** Reads the models of all `@Indexed` entities that the ORM knows. `storage`: `[...orm.getMetadata()]`. */
export function readModels(storage: Iterable<EntityMetadata>): ModelReading {
  const metas = [...storage];
  const complaints: ModelComplaint[] = [];
  const models = metas.flatMap((meta) => readModel(meta, metas, complaints));
  return { models, complaints: [...complaints, ...sameNames(models)] };
}

function readModel(meta: EntityMetadata, metas: readonly EntityMetadata[], complaints: ModelComplaint[]): IndexModel[] {
  const entity = classOf(meta);
  const options = entity && recordedIndexed(entity);
  if (!entity || !options) return [];
  const [primaryKey, ...others] = meta.primaryKeys;
  const complain = (problem: string, remedy: string): void => void complaints.push({ where: meta.className, problem, remedy });
  if (!primaryKey || others.length > 0) {
    complain(`has ${primaryKey ? 'a composite' : 'no'} primary key`, 'Give the indexed entity a single primary key');
    return [];
  }
  const reader = new FieldReader(metas, complaints);
  const fields: FieldModel[] = reader.readDecorated(meta, entity);
  if (recordedFields(entity).size === 0) complain('is @Indexed without any @SearchField', 'Decorate at least one property with @SearchField()');
  return [{ entity, name: options.name ?? kebabCase(meta.className), options, primaryKey, fields }];
}

function sameNames(models: readonly IndexModel[]): ModelComplaint[] {
  return models.flatMap((model, at) => {
    const first = models.findIndex(({ name }) => name === model.name);
    if (first === at) return [];
    const problem = `shares the index name '${model.name}' with ${models[first]!.entity.name}`;
    return [{ where: model.entity.name, problem, remedy: 'Give one of them another @Indexed({ name })' }];
  });
}

/** The model of one entity among those read. @throws SearchModelError naming what is missing. */
export function modelOf<T extends object>(entity: EntityClass<T>, models: ReadonlyMap<EntityClass, IndexModel>): IndexModel<T> {
  const model = models.get(entity);
  if (model) return model as unknown as IndexModel<T>;
  const [problem, remedy] = recordedIndexed(entity)
    ? ['is not an entity that the ORM knows', "Add it to the ORM's `entities`"]
    : ['is not indexed', 'Decorate the class with @Indexed()'];
  throw new SearchModelError([{ where: entity.name, problem, remedy }]);
}

/** Pivot tables and entities without a class have metadata too. */
export function classOf(meta: EntityMetadata): EntityClass | undefined {
  return meta.class;
}

function kebabCase(className: string): string {
  return className.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}
