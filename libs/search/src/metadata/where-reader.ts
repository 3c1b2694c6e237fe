import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { ModelComplaint } from '../errors/model.errors.js';
import { shown } from '../errors/search-error.js';
import { nearestName } from '../support/nearest-name.js';
import type { FieldModel } from './index-model.js';
import { isJoinedAlone } from './inheritance.js';
import { relationWithKeys } from './key-relations.js';
import { factsOf, isComputed, isEmbedded, isRelation, relationOf } from './orm-property.js';
import { otherSideProblem, severalClassesProblem } from './several-classes.js';
import { isConditions, isRawSql, rawKeysOf } from './where-values.js';

/** Operators of the ORM that compare a value; those beside them hold conditions again. */
const OPERATORS: readonly string[] =
  '$eq $ne $in $nin $gt $gte $lt $lte $like $ilike $re $fulltext $exists $overlap $contains $contained $all $size $hasKey $hasKeys $hasSomeKeys $elemMatch'.split(
    ' ',
  );
const GROUPS: readonly string[] = ['$and', '$or', '$not'];
const OF_COLLECTIONS: readonly string[] = ['$some', '$none', '$every'];

/** What conditions mention of an entity: columns, and relations with what is mentioned of their rows. */
type Mentions = Map<
  string,
  { readonly property: EntityProperty; readonly inner: Mentions; readonly meta?: EntityMetadata }
>;

/**
 * Reads which columns and relations the ORM's conditions mention, so that a change of them is followed. What cannot be
 * followed, or is no condition, goes to `complaints`.
 */
export class WhereReader {
  constructor(
    private readonly metas: readonly EntityMetadata[],
    private readonly complaints: ModelComplaint[],
  ) {}

  /** @param place what the complaint is about: `Product`, `Product.reviews` */
  read(meta: EntityMetadata, where: unknown, place: string): FieldModel[] {
    const mentions: Mentions = new Map();
    this.conditions(meta, where, mentions, { place, path: '' });
    return fieldsOf(meta, mentions, this.metas);
  }

  private conditions(meta: EntityMetadata, where: unknown, into: Mentions, at: At): void {
    if (Array.isArray(where)) return where.forEach((one) => this.conditions(meta, one, into, at));
    if (!isConditions(where))
      return this.complain(at, `is ${shown(where)}, and no conditions`, 'Name columns: where: { deletedAt: null }');
    if (rawKeysOf(where).length > 0) return this.raw(at);
    for (const [name, value] of Object.entries(where)) {
      if (value === undefined)
        this.complain(within(at, name), 'is undefined', 'Leave it out, or write null for no value');
      else if (GROUPS.includes(name)) this.conditions(meta, value, into, at);
      else if (name.startsWith('$')) this.unknownOperator(name, [...GROUPS], at);
      else this.property(meta, name, value, into, within(at, name));
    }
  }

  private property(meta: EntityMetadata, name: string, value: unknown, into: Mentions, at: At): void {
    const properties = meta.properties as Record<string, EntityProperty | undefined>;
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (!property) {
      const known = Object.keys(properties).filter((other) => !other.includes('__'));
      const nearest = nearestName(name, known);
      const remedy = nearest === undefined ? `Use one of: ${known.join(', ')}` : `Did you mean \`${nearest}\`?`;
      return this.complain(at, `is no property of ${meta.className}`, remedy);
    }
    if (property.persist === false && !isRelation(property) && property.formula === undefined)
      return this.complain(
        at,
        'is no column, so the database cannot compare it',
        'Name a column, or decide it in code: @Indexed({ when: (row) => …, reads })',
      );
    if (isRelation(property)) return this.relation(property, meta, value, into, at);
    const known = into.get(name);
    if (!known) into.set(name, { property, inner: new Map(), meta });
    if (isEmbedded(property)) this.embedded(property, value, at);
    else this.value(value, at);
  }

  private relation(property: EntityProperty, meta: EntityMetadata, value: unknown, into: Mentions, at: At): void {
    const refused = severalClassesProblem(property, value) ?? otherSideProblem(property, meta);
    if (refused) return this.complain(at, refused.problem, refused.remedy);
    const target = this.metas.find((meta) => (meta.class as unknown) === relationOf(property).target);
    const node = into.get(property.name) ?? { property, inner: new Map(), ...(target ? { meta: target } : {}) };
    into.set(property.name, node);
    if (target && isConditions(value)) this.ofTarget(target, value, node.inner, at);
    else this.value(value, at);
  }

  /** Conditions of the related rows, or operators that compare its key, or hold for a collection. */
  private ofTarget(target: EntityMetadata, value: object, inner: Mentions, at: At): void {
    if (rawKeysOf(value).length > 0) return this.raw(at);
    for (const [name, condition] of Object.entries(value) as [string, unknown][]) {
      if (!isOfKey(name, target)) this.checkJoin(target, at);
      if (OF_COLLECTIONS.includes(name)) this.conditions(target, condition, inner, at);
      else if (OPERATORS.includes(name)) this.value({ [name]: condition }, at);
      else this.conditions(target, { [name]: condition }, inner, at);
    }
  }

  private checkJoin(target: EntityMetadata, at: At): void {
    if (!isJoinedAlone(target, this.metas)) return;
    this.complain(
      at,
      `leads to ${target.className}, of which the ORM joins rows of that class alone, and none of the classes below it`,
      `Make ${target.className} abstract, or decide it in code: @Indexed({ when: (row) => …, reads })`,
    );
  }

  private embedded(property: EntityProperty, value: unknown, at: At): void {
    if (!isConditions(value)) return this.value(value, at);
    const known = Object.keys(property.embeddedProps as object);
    for (const [name, condition] of Object.entries(value)) {
      const place = within(at, name);
      if (GROUPS.includes(name)) for (const one of [condition].flat()) this.embedded(property, one, at);
      else if (!name.startsWith('$') && !known.includes(name))
        this.complain(place, `is no property of ${property.type}`, `Use one of: ${known.join(', ')}`);
      else this.value(name.startsWith('$') ? { [name]: condition } : condition, place);
    }
  }

  /** A value, or operators with values. */
  private value(value: unknown, at: At): void {
    if (isRawSql(value)) return this.raw(at);
    if (value === undefined) return this.complain(at, 'is undefined', 'Leave it out, or write null for no value');
    if (Array.isArray(value)) return value.forEach((one) => this.value(one, at));
    if (!isConditions(value)) return;
    if (rawKeysOf(value).length > 0) return this.raw(at);
    for (const [name, inner] of Object.entries(value)) {
      if (name.startsWith('$') && ![...OPERATORS, ...GROUPS].includes(name))
        this.unknownOperator(name, [...OPERATORS, ...GROUPS], at);
      else this.value(inner, at);
    }
  }

  private raw(at: At): void {
    this.complain(
      at,
      'holds raw SQL, whose columns cannot be determined',
      "Write it as the ORM's conditions, or decide it in code: @Indexed({ when: (row) => …, reads })",
    );
  }

  private unknownOperator(name: string, known: readonly string[], at: At): void {
    const nearest = nearestName(name, known);
    this.complain(
      within(at, name),
      "is no operator of the ORM's conditions there",
      nearest === undefined ? `Use one of: ${known.join(', ')}` : `Did you mean \`${nearest}\`?`,
    );
  }

  private complain({ place, path }: At, problem: string, remedy: string): void {
    this.complaints.push({ where: place, problem: `has a condition whose \`${path || 'where'}\` ${problem}`, remedy });
  }
}

interface At {
  readonly place: string;
  readonly path: string;
}

function within({ place, path }: At, name: string): At {
  return { place, path: path ? `${path}.${name}` : name };
}

/** What is compared with the foreign key, without a join. */
function isOfKey(name: string, target: EntityMetadata): boolean {
  return OPERATORS.includes(name) || (target.primaryKeys as readonly string[]).includes(name);
}

function fieldsOf(meta: EntityMetadata, mentions: Mentions, metas: readonly EntityMetadata[]): FieldModel[] {
  return [...mentions].map(([name, { property, inner, meta: target }]): FieldModel => {
    if (isRelation(property))
      return {
        kind: 'object',
        name,
        options: {},
        fields: target ? fieldsOf(target, inner, metas) : [],
        relation: relationWithKeys(property, metas),
      };
    if (isEmbedded(property)) return { kind: 'object', name, options: {}, fields: [], relation: undefined };
    return { kind: 'value', name, options: {}, facts: factsOf(property, meta), computed: isComputed(property) };
  });
}
