import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { ModelComplaint } from '../errors/model.errors.js';
import { includeTree, type IncludeTree } from './include-tree.js';
import type { FieldModel, Identity, Routing, ValueField } from './index-model.js';
import { keyIn, keyPartsOf } from './key-parts.js';
import type { IndexedOptions } from './options.js';
import { relationWithKeys } from './key-relations.js';
import { factsOf, isComputed, isEmbedded, isRelation, isToOneOwner, relationOf } from './orm-property.js';
import { keyOfRow, leadsToSeveral } from './several-classes.js';

/** Stands for all columns of an entity: any change of it counts. */
const EVERY_COLUMN: ValueField = Object.freeze({
  kind: 'value',
  name: '*',
  options: {},
  facts: undefined,
  computed: true,
});

/** Reads what id, routing and hooks need of rows besides the fields. */
export class SourceReader {
  constructor(
    private readonly metas: readonly EntityMetadata[],
    private readonly complaints: ModelComplaint[],
  ) {}

  /** A function that does not list what it `reads` may read every column, and no relation. */
  read(meta: EntityMetadata, options: IndexedOptions, identity: Identity): FieldModel[] {
    const { routing, document, preload, when, reads } = options;
    const functions = [document, preload, when, typeof routing === 'function' ? routing : undefined];
    const undeclared = reads === undefined && functions.some((given) => given !== undefined);
    const keys = new Set(identity.parts.map(({ path }) => path[0]!));
    const columns = [...keys, ...(typeof routing === 'string' ? [routing] : [])].flatMap((name) =>
      this.column(meta, name),
    );
    return [...columns, ...this.along(meta, includeTree(reads ?? [])), ...(undeclared ? [EVERY_COLUMN] : [])];
  }

  /** @returns how `routing` is read, once it is found. */
  routing(meta: EntityMetadata, { routing }: IndexedOptions): Routing | undefined {
    if (typeof routing === 'function') return { label: 'function', of: routing as Routing['of'] };
    if (routing === undefined) return undefined;
    const property = propertyOf(meta, routing);
    if (!property || isEmbedded(property) || (isRelation(property) && !isToOneOwner(property))) {
      this.complain(
        meta.className,
        `has the \`routing\` '${routing}', which is no column of it`,
        'Name a property or a to-one relation, or give a function',
      );
    } else if (property.nullable) {
      this.complain(
        meta.className,
        `has the \`routing\` '${routing}', which may be null`,
        'Make the column not null, or give a function that handles null',
      );
    }
    const held = (entity: object): unknown => (entity as Record<string, unknown>)[routing];
    if (!property || !isRelation(property)) return { label: routing, of: held };
    if (leadsToSeveral(property)) return { label: routing, of: (entity) => asRouting(keyOfRow(held(entity))) };
    const parts = keyPartsOf(property);
    return { label: routing, of: (entity) => asRouting(keyIn(parts, entity)) };
  }

  private along(meta: EntityMetadata, tree: IncludeTree): FieldModel[] {
    return [...tree].flatMap(([name, rest]): FieldModel[] => {
      const property = propertyOf(meta, name);
      if (!property || !isRelation(property)) return this.column(meta, name);
      const target = this.metaOf(property);
      if (!target) return [];
      const fields = rest.size > 0 ? this.along(target, rest) : [EVERY_COLUMN];
      return [{ kind: 'object', name, options: {}, fields, relation: relationWithKeys(property, this.metas) }];
    });
  }

  private column(meta: EntityMetadata, name: string): FieldModel[] {
    const property = propertyOf(meta, name);
    if (property && isEmbedded(property))
      return [{ kind: 'object', name, options: {}, fields: [], relation: undefined }];
    if (!property && !(name in meta.prototype)) {
      const names = Object.keys(meta.properties as object).filter((known) => !known.includes('__'));
      this.complain(
        `${meta.className}.${name}`,
        'is read, and is neither a mapped property nor a getter',
        `Use one of: ${names.join(', ')}`,
      );
      return [];
    }
    return [
      {
        kind: 'value',
        name,
        options: {},
        facts: property && factsOf(property, meta),
        computed: !property || isComputed(property),
      },
    ];
  }

  private metaOf(property: EntityProperty): EntityMetadata | undefined {
    return this.metas.find((meta) => (meta.class as unknown) === relationOf(property).target);
  }

  private complain(where: string, problem: string, remedy: string): void {
    this.complaints.push({ where, problem, remedy });
  }
}

function propertyOf(meta: EntityMetadata, name: string): EntityProperty | undefined {
  return (meta.properties as Record<string, EntityProperty | undefined>)[name];
}

/** A relation routes by the key of its target. */
function asRouting(key: unknown): unknown {
  return Array.isArray(key) ? key.join(':') : key;
}
