import type { EntityMetadata } from '@mikro-orm/core';
import type { ModelComplaint } from '../errors/model.errors.js';
import { ConditionReader } from './condition-reader.js';
import { checkTargets } from './field-targets.js';
import { FieldReader } from './field-reader.js';
import { readIdentity } from './identity-reader.js';
import type { Hooks, Identity, IndexModel } from './index-model.js';
import { primaryKeyName } from './key-parts.js';
import { keyRelations } from './key-relations.js';
import { checkOptionNames } from './option-names.js';
import type { IndexedOptions } from './options.js';
import { fieldsIn, indexNameOf, recordedIndices, type EntityClass } from './recorder.js';
import { checkRelations } from './relation-check.js';
import { keyProblemOf } from './relation-rules.js';
import { checkSelections } from './selection-check.js';
import { checkSchemas } from './schema-check.js';
import { treeOf, withDiscriminator } from './tree-reader.js';
import { SourceReader } from './source-reader.js';

export interface ModelReading {
  readonly models: readonly IndexModel[];
  readonly complaints: readonly ModelComplaint[];
}

/** Reads the models of all `@Indexed` entities of the ORM. `storage`: `[...orm.getMetadata()]`. */
export function readModels(storage: Iterable<EntityMetadata>): ModelReading {
  const metas = [...storage];
  const complaints: ModelComplaint[] = [];
  const models = metas.flatMap((meta) => {
    const entity = classOf(meta);
    return entity
      ? recordedIndices(entity).flatMap((options) => readModel(meta, entity, options, { metas, complaints }))
      : [];
  });
  const names = [...new Set(models.map(({ name }) => name))];
  return {
    models,
    complaints: [
      ...complaints,
      ...sameNames(models),
      ...checkTargets(metas, names),
      ...checkOptionNames(metas),
      ...checkSchemas(metas, models),
      ...checkRelations(models, metas),
    ],
  };
}

interface Reading {
  readonly metas: readonly EntityMetadata[];
  readonly complaints: ModelComplaint[];
}

function readModel(
  meta: EntityMetadata,
  entity: EntityClass,
  options: IndexedOptions,
  { metas, complaints }: Reading,
): IndexModel[] {
  const name = indexNameOf(entity, options);
  const primaryKeys: readonly string[] = meta.primaryKeys;
  const complain = (problem: string, remedy: string): void =>
    void complaints.push({ where: meta.className, problem, remedy });
  if (primaryKeys.length === 0) {
    complain('has no primary key', 'Give the indexed entity a primary key');
    return [];
  }
  const unfit = keyProblemOf(meta);
  if (unfit) {
    complain(unfit.problem, unfit.remedy);
    return [];
  }
  const tree = treeOf(meta, metas);
  const decorated = new FieldReader(metas, complaints, name).readDecorated(meta, entity);
  const fields = tree ? withDiscriminator(decorated, tree, meta, complaints) : decorated;
  if (decorated.length === 0 && fieldsIn(entity, name).size === 0)
    complain('is @Indexed without any @SearchField', 'Decorate at least one property with @SearchField()');
  checkSelections(meta, fields, complaints);
  const identity = readIdentity(meta, options, complaints);
  const reader = new SourceReader(metas, complaints);
  const { routing } = options;
  const sources = [...fields, ...reader.read(meta, options, identity)];
  return [
    {
      entity,
      name,
      options,
      primaryKey: primaryKeyName(meta),
      primaryKeys,
      ...(tree ? { tree } : {}),
      identity,
      routing: reader.routing(meta, options),
      hooks: hooksOf(options),
      condition: new ConditionReader(metas, complaints).read(meta, options, fields, sources),
      fields,
      sources,
      keys: keyRelations(meta, [...keyProperties(identity), ...(typeof routing === 'string' ? [routing] : [])], metas),
    },
  ];
}

function keyProperties({ parts }: Identity): string[] {
  return [...new Set(parts.map(({ path }) => path[0]!))];
}

function hooksOf({ document, preload }: IndexedOptions): Hooks {
  return { document: document as Hooks['document'], preload: preload as Hooks['preload'] };
}

function sameNames(models: readonly IndexModel[]): ModelComplaint[] {
  return models.flatMap((model, at) => {
    const first = models.findIndex(({ name }) => name === model.name);
    if (first === at) return [];
    const problem = `shares the index name '${model.name}' with ${models[first]!.entity.name}`;
    return [{ where: model.entity.name, problem, remedy: 'Give one of them another @Indexed({ name })' }];
  });
}

/** Pivot tables and entities without a class have metadata too. */
function classOf(meta: EntityMetadata): EntityClass | undefined {
  return meta.class;
}
