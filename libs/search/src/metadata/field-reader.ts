import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { ModelComplaint } from '../errors/model.errors.js';
import type { CollectionFilter, FieldModel } from './index-model.js';
import { includeTree, type IncludeTree } from './include-tree.js';
import type { SearchFieldOptions } from './options.js';
import { isEmbedded, isRelation, relationOf } from './orm-property.js';
import { fieldsIn, type EntityClass } from './recorder.js';
import { readValue } from './value-reader.js';
import { WhereReader } from './where-reader.js';

/** Reads the fields of one index from decorated properties and `include` paths; what is wrong goes to `complaints`. */
export class FieldReader {
  constructor(
    private readonly metas: readonly EntityMetadata[],
    private readonly complaints: ModelComplaint[],
    private readonly index: string,
  ) {}

  readDecorated(meta: EntityMetadata, entity: EntityClass): FieldModel[] {
    return [...fieldsIn(entity, this.index)].flatMap(([name, options]) =>
      this.read(meta, entity, name, options, options.include && includeTree(options.include)),
    );
  }

  private read(
    meta: EntityMetadata,
    entity: EntityClass,
    name: string,
    options: SearchFieldOptions,
    include: IncludeTree | undefined,
  ): FieldModel[] {
    const where = `${meta.className}.${name}`;
    const property = (meta.properties as Record<string, EntityProperty | undefined>)[name];
    if (property && isRelation(property)) return this.readRelation(property, options, include, where);
    if (property && isEmbedded(property)) return this.readEmbedded(property, options, include, where);
    if (options.where)
      this.complain(where, 'has `where`, but is no collection', 'Leave it out: @Indexed({ where }) chooses among rows');
    if (include) {
      this.complain(where, 'has `include`, but is no relation', 'Leave out `include`, or the rest of the path');
      return [];
    }
    if (!property && !(name in entity.prototype)) {
      this.complain(where, 'is no property that the ORM knows, and no getter', `Use one of: ${this.namesOf(meta)}`);
      return [];
    }
    return readValue({ meta, prototype: entity.prototype as object, name, property, options }, this.complaints);
  }

  private readRelation(
    property: EntityProperty,
    options: SearchFieldOptions,
    include: IncludeTree | undefined,
    where: string,
  ): FieldModel[] {
    const target = this.metas.find((meta) => meta.class === relationOf(property).target);
    if (!target) {
      this.complain(where, 'leads to an entity that the ORM does not know', "Add it to the ORM's `entities`");
      return [];
    }
    if (!include || include.size === 0) {
      const example = target.primaryKeys[0] ?? 'id';
      this.complain(where, 'is a relation without `include`', `Name what to embed of it: include: ['${example}', …]`);
      return [];
    }
    return [
      {
        kind: 'object',
        name: property.name,
        options,
        fields: this.readIncluded(target, include),
        relation: relationOf(property),
        ...this.filterOf(property, target, options, where),
      },
    ];
  }

  private filterOf(
    property: EntityProperty,
    target: EntityMetadata,
    options: SearchFieldOptions,
    place: string,
  ): { filter?: CollectionFilter } {
    if (!options.where) return {};
    if (['m:1', '1:1'].includes(property.kind)) {
      this.complain(
        place,
        'has `where`, but is no collection',
        `Choose among rows by it: @Indexed({ where: { ${property.name}: { … } } })`,
      );
      return {};
    }
    const watched = new WhereReader(this.metas, this.complaints).read(target, options.where, place);
    return { filter: { where: options.where, watched } };
  }

  private readEmbedded(
    property: EntityProperty,
    options: SearchFieldOptions,
    include: IncludeTree | undefined,
    where: string,
  ): FieldModel[] {
    const meta = this.metas.find((candidate) => candidate.class === property.embeddable);
    if (!meta) {
      this.complain(where, 'is an embeddable that the ORM does not know', "Add it to the ORM's `entities`");
      return [];
    }
    return [
      { kind: 'object', name: property.name, options, fields: this.embeddedFields(meta, include), relation: undefined },
    ];
  }

  private embeddedFields(meta: EntityMetadata, include: IncludeTree | undefined): FieldModel[] {
    const embeddable = meta.class as unknown as EntityClass;
    if (include) return this.readIncluded(meta, include);
    const decorated = this.readDecorated(meta, embeddable);
    return decorated.length > 0 ? decorated : this.readIncluded(meta, includeTree(shownNames(meta)));
  }

  private readIncluded(meta: EntityMetadata, include: IncludeTree): FieldModel[] {
    const entity = meta.class as unknown as EntityClass;
    const recorded = fieldsIn(entity, this.index);
    return [...include].flatMap(([name, rest]) =>
      // An included relation takes its paths from the including field, never its own: cycles cannot arise.
      this.read(
        meta,
        entity,
        name,
        { ...recorded.get(name), include: undefined, where: undefined },
        rest.size > 0 ? rest : undefined,
      ),
    );
  }

  private namesOf(meta: EntityMetadata): string {
    // Pivots and columns of embeddables are properties too, but none that anybody wrote.
    const written = Object.values(meta.properties as Record<string, EntityProperty>).filter(
      ({ embedded, name }) => !embedded && !name.includes('__'),
    );
    return written.map(({ name }) => name).join(', ');
  }

  private complain(where: string, problem: string, remedy: string): void {
    this.complaints.push({ where, problem, remedy });
  }
}

/** A hidden property is in a document where it is named, never because its embeddable is. */
function shownNames(meta: EntityMetadata): string[] {
  return Object.values(meta.properties as Record<string, EntityProperty>)
    .filter(({ hidden }) => !hidden)
    .map(({ name }) => name);
}
