import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { ModelComplaint } from '../errors/model.errors.js';
import type { FieldModel, Tree } from './index-model.js';
import { classOf, concreteClassesOf, descendantsOf, isTablePerType } from './inheritance.js';
import type { EntityClass } from './recorder.js';

/** Name of the field where no column holds the class: each class has a table of its own. */
const DISCRIMINATOR = 'entityType';

type Meta = EntityMetadata & { readonly discriminatorValue?: number | string };

/** The tree of classes whose rows an index of `meta` holds; `undefined` where they are of one class alone. */
export function treeOf(meta: EntityMetadata, metas: readonly EntityMetadata[]): Tree | undefined {
  const below = descendantsOf(meta, metas);
  if (below.length === 0) return undefined;
  const classes = [meta, ...below]
    .filter(({ abstract }) => !abstract)
    .map((one) => [valueOf(one), classOf(one)] as const);
  const apart = isTablePerType(meta) ? concreteClassesOf(meta, metas) : undefined;
  return {
    discriminator: meta.root.discriminatorColumn ?? DISCRIMINATOR,
    classes: new Map(classes.filter((entry): entry is readonly [string, EntityClass] => entry[0] !== undefined)),
    ...(apart ? { apart } : {}),
  };
}

/** Adds the field that holds the class of a document, unless the entity has it as a field. */
export function withDiscriminator(
  fields: readonly FieldModel[],
  { discriminator: name }: Tree,
  meta: EntityMetadata,
  complaints: ModelComplaint[],
): FieldModel[] {
  const own = fields.find((field) => field.name === name);
  const property = (meta.properties as Record<string, EntityProperty | undefined>)[name];
  if (own && meta.root.discriminatorColumn) return [...fields];
  if (own || (property && !meta.root.discriminatorColumn))
    complaints.push({
      where: `${meta.className}.${name}`,
      problem: 'has the name of the field that holds the class of a document',
      remedy: 'Give the property another name',
    });
  return [
    ...fields,
    { kind: 'value', name, options: { type: 'keyword' }, facts: undefined, computed: false, readFrom: discriminatorOf },
  ];
}

/** What the ORM keeps at each entity. */
interface Managed {
  readonly __meta: { readonly discriminatorValue?: number | string };
}

function discriminatorOf(row: object): unknown {
  return (row as Managed).__meta.discriminatorValue;
}

function valueOf({ discriminatorValue }: Meta): string | undefined {
  return discriminatorValue === undefined ? undefined : String(discriminatorValue);
}
