import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { ModelComplaint } from '../errors/model.errors.js';
import type { CollectionFilter, FieldModel, Relation } from './index-model.js';
import { includeTree, type IncludeTree } from './include-tree.js';
import {
  classOf,
  columnsOfNamesakes,
  concreteClassesOf,
  descendantsOf,
  havingProperty,
  isTablePerType,
} from './inheritance.js';
import { otherSideJoinedAlone, pairsJoinedAlone } from './joined-alone.js';
import { keyRelations, relationWithKeys } from './key-relations.js';
import type { SearchFieldOptions } from './options.js';
import { isEmbedded, isRelation } from './orm-property.js';
import { fieldsIn, type EntityClass } from './recorder.js';
import { embeddedRelationProblem, keyProblemOf, relationProblem, type RelationProblem } from './relation-rules.js';
import { keyThatOrders, selectionOf, UnfollowedSelection } from './selection-reader.js';
import { elementsOfSeveralProblem } from './several-classes.js';
import { readValue } from './value-reader.js';
import { WhereReader } from './where-reader.js';

/** Reads the fields of one index from decorated properties and `include` paths; what is wrong goes to `complaints`. */
export class FieldReader {
  constructor(
    private readonly metas: readonly EntityMetadata[],
    private readonly complaints: ModelComplaint[],
    private readonly index: string,
  ) {}

  /** Fields of the entity, and of the classes below it in its tree. */
  readDecorated(meta: EntityMetadata, entity: EntityClass): FieldModel[] {
    const read = (of: EntityMetadata, fields: Iterable<readonly [string, SearchFieldOptions]>): FieldModel[] =>
      [...fields].flatMap(([name, options]) =>
        this.read(of, classOf(of), name, options, options.include && includeTree(options.include)),
      );
    const below = descendantsOf(meta, this.metas).flatMap((sub) => {
      const inherited = fieldsIn(Object.getPrototypeOf(sub.class) as EntityClass, this.index);
      const added = [...fieldsIn(classOf(sub), this.index)].filter(
        ([name, options]) => inherited.get(name) !== options,
      );
      return limitedTo(sub, read(sub, added));
    });
    return [...read(meta, fieldsIn(entity, this.index)), ...below];
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
    const columns = columnsOfNamesakes(name, meta);
    if (columns.length > 0)
      this.complain(
        where,
        `is kept in several columns (${columns.join(', ')}): classes of one table have properties of this name`,
        'Give the property another name in all classes but one',
      );
    if (property && isRelation(property)) {
      this.checkPairs(property, meta, where);
      return this.readRelation(property, meta, { options, include, where });
    }
    if (property && isEmbedded(property)) return this.readEmbedded(property, options, include, where);
    if (options.where)
      this.complain(where, 'has `where`, but is no collection', 'Leave it out: @Indexed({ where }) chooses among rows');
    if (include) {
      this.complain(where, 'has `include`, but is no relation', 'Leave out `include`, or the rest of the path');
      return [];
    }
    if (!property && !(name in entity.prototype)) {
      this.complain(where, 'is neither a mapped property nor a getter', `Use one of: ${this.namesOf(meta)}`);
      return [];
    }
    return readValue({ meta, prototype: entity.prototype as object, name, property, options }, this.complaints);
  }

  private readRelation(
    property: EntityProperty,
    meta: EntityMetadata,
    { options, include, where }: { options: SearchFieldOptions; include: IncludeTree | undefined; where: string },
  ): FieldModel[] {
    const refused = relationProblem(property, meta);
    if (refused) return this.refuse(where, refused);
    const relation = relationWithKeys(property, this.metas);
    const target = this.metas.find((meta) => meta.class === relation.target);
    if (!target) {
      this.complain(where, 'leads to an entity that the ORM does not have', "Add it to the ORM's `entities`");
      return [];
    }
    const unfit = keyProblemOf(target);
    if (unfit) return this.refuse(where, unfit);
    const joined = relation.kind === 'm:n' ? pairsJoinedAlone(relation, target, this.metas) : undefined;
    if (joined) {
      this.complain(
        where,
        `leads to ${joined.className}, of which the ORM joins rows of that class alone, and none of the classes below it`,
        `Make ${joined.className} abstract, or include a one-to-many of an entity that stands for the pairs`,
      );
      return [];
    }
    const otherSide = otherSideJoinedAlone(property, target, this.metas);
    if (otherSide) {
      const { name, owner, joined } = otherSide;
      this.complain(
        where,
        `loads ${owner}.${name}, the other side of a one-to-one relation to ${joined}, of which the ORM joins rows of that class alone, and none of the classes below it`,
        `Make ${joined} abstract, or leave ${name} out of ${owner}`,
      );
      return [];
    }
    if (!include || include.size === 0) {
      const example = target.primaryKeys[0] ?? 'id';
      this.complain(where, 'is a relation without `include`', `Name what to embed of it: include: ['${example}', …]`);
      return [];
    }
    const inKeyOrder = keyThatOrders(property, target);
    const selects = [
      ...this.selectionOf(property, target, where),
      ...(inKeyOrder ? keyRelations(target, target.primaryKeys, this.metas) : []),
    ];
    const apart = this.apartOf(relation, target);
    const fields = relation.targets
      ? this.readOfAny(this.metasOf([...relation.targets.values()]), include)
      : this.readIncluded(target, include);
    return [
      {
        kind: 'object',
        name: property.name,
        options,
        fields,
        relation: apart ? { ...relation, apart } : relation,
        ...(selects.length > 0 ? { selects } : {}),
        ...(inKeyOrder ? { inKeyOrder } : {}),
        ...this.filterOf(property, meta, { target, options, place: where }),
      },
    ];
  }

  /** Classes with tables of their own are read one by one, each by its own copy of the relation. */
  private checkPairs({ name, kind }: EntityProperty, meta: EntityMetadata, where: string): void {
    if ((kind as string) !== 'm:n' || !isTablePerType(meta)) return;
    const copies = [meta, ...descendantsOf(meta, this.metas)].map(
      ({ properties }) => (properties as Record<string, EntityProperty | undefined>)[name],
    );
    if (copies.every((copy) => copy?.pivotEntity !== undefined)) return;
    this.complain(
      where,
      'is a many-to-many relation of classes in several tables, which the ORM does not load for those below',
      'Include a one-to-many of an entity that stands for the pairs',
    );
  }

  private filterOf(
    property: EntityProperty,
    meta: EntityMetadata,
    { target, options, place }: { target: EntityMetadata; options: SearchFieldOptions; place: string },
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
    const unfit = elementsOfSeveralProblem(property, meta);
    if (unfit) this.refuse(place, unfit);
    const watched = new WhereReader(this.metas, this.complaints).read(target, options.where, place);
    return { filter: { where: options.where, watched } };
  }

  private apartOf(relation: Relation, target: EntityMetadata): readonly EntityClass[] | undefined {
    if (!relation.targets) return isTablePerType(target) ? concreteClassesOf(target, this.metas) : undefined;
    return this.metasOf([...relation.targets.values()]).flatMap((meta) => concreteClassesOf(meta, this.metas));
  }

  private metasOf(classes: readonly EntityClass[]): EntityMetadata[] {
    return classes.flatMap((entity) => this.metas.find((meta) => classOf(meta) === entity) ?? []);
  }

  private selectionOf(property: EntityProperty, target: EntityMetadata, where: string): FieldModel[] {
    try {
      return selectionOf(property, target, this.metas);
    } catch (error) {
      if (!(error instanceof UnfollowedSelection)) throw error;
      this.complain(where, error.problem, error.remedy);
      return [];
    }
  }

  private readEmbedded(
    property: EntityProperty,
    options: SearchFieldOptions,
    include: IncludeTree | undefined,
    where: string,
  ): FieldModel[] {
    const meta = this.metas.find((candidate) => candidate.class === property.embeddable);
    if (!meta) {
      this.complain(where, 'is an embeddable that the ORM does not have', "Add it to the ORM's `entities`");
      return [];
    }
    const fields = this.embeddedFields(meta, include);
    for (const field of fields) this.checkEmbedded(property, meta, field);
    return [{ kind: 'object', name: property.name, options, fields, relation: undefined }];
  }

  private checkEmbedded(embedded: EntityProperty, meta: EntityMetadata, field: FieldModel): void {
    const property = (meta.properties as Record<string, EntityProperty | undefined>)[field.name];
    const refused = property && embeddedRelationProblem(embedded, property);
    if (refused) this.refuse(`${meta.className}.${field.name}`, refused);
    if (property && isEmbedded(property) && field.kind === 'object') {
      const nested = this.metas.find((candidate) => candidate.class === property.embeddable);
      const outer = {
        ...property,
        object: embedded.object || property.object,
        array: embedded.array || property.array,
      };
      if (nested) for (const inner of field.fields) this.checkEmbedded(outer as EntityProperty, nested, inner);
    }
  }

  private embeddedFields(meta: EntityMetadata, include: IncludeTree | undefined): FieldModel[] {
    const embeddable = meta.class as unknown as EntityClass;
    if (include) return this.readIncluded(meta, include);
    const decorated = this.readDecorated(meta, embeddable);
    return decorated.length > 0 ? decorated : this.readIncluded(meta, includeTree(shownNames(meta)));
  }

  private readIncluded(meta: EntityMetadata, include: IncludeTree): FieldModel[] {
    return [...include].flatMap(([name, rest]) => {
      const having = havingProperty(name, meta, this.metas);
      if (having.length === 0 || having[0] === meta) return this.readPath(meta, name, rest);
      if (meta.root.discriminatorColumn && meta.root !== meta) {
        this.complain(
          `${meta.className}.${name}`,
          `is of a class below ${meta.className}, of which the ORM reads nothing over a relation to it`,
          `Let the relation lead to ${meta.root.className}`,
        );
        return [];
      }
      return having.flatMap((sub) => limitedTo(sub, this.readPath(sub, name, rest)));
    });
  }

  /** What is included of a relation to several classes: each path is of those that have it. */
  private readOfAny(targets: readonly EntityMetadata[], include: IncludeTree): FieldModel[] {
    return [...include].flatMap(([name, rest]) => {
      const having = targets.filter((target) => havingProperty(name, target, this.metas).length > 0);
      return (having.length > 0 ? having : targets.slice(0, 1)).flatMap((target) =>
        this.readIncluded(target, new Map([[name, rest]])).map((field) => ({ of: [classOf(target)], ...field })),
      );
    });
  }

  /** An included relation has the paths of the including field, never its own: cycles cannot arise. */
  private readPath(meta: EntityMetadata, name: string, rest: IncludeTree): FieldModel[] {
    const options = { ...fieldsIn(classOf(meta), this.index).get(name), include: undefined, where: undefined };
    return this.read(meta, classOf(meta), name, options, rest.size > 0 ? rest : undefined);
  }

  private namesOf(meta: EntityMetadata): string {
    // Pivots and columns of embeddables are properties too, but none that anybody wrote.
    const written = Object.values(meta.properties as Record<string, EntityProperty>).filter(
      ({ embedded, name }) => !embedded && !name.includes('__'),
    );
    return written.map(({ name }) => name).join(', ');
  }

  private refuse(where: string, { problem, remedy }: RelationProblem): never[] {
    this.complain(where, problem, remedy);
    return [];
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

function limitedTo(meta: EntityMetadata, fields: readonly FieldModel[]): FieldModel[] {
  return fields.map((field) => ({ of: [classOf(meta)], ...field }));
}
