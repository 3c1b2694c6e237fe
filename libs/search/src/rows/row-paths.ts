import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { Pivot, Relation } from '../metadata/index-model.js';
import { descendantsOf, isJoinedAlone, isTablePerType } from '../metadata/inheritance.js';
import { primaryKeyName, primaryKeyParts, type DocumentKey } from '../metadata/key-parts.js';
import { isEmbedded, isRelation, isToOneOwner, relationOf } from '../metadata/orm-property.js';
import { readStep } from '../metadata/path-step.js';
import type { EntityClass } from '../metadata/recorder.js';
import { isJoinedByOthers } from '../metadata/several-classes.js';
import { withForeignKeys, withKeys } from './key-conditions.js';

/** Finds rows by the ORM's conditions, in order and in pages of their keys. */
export type PagesOfKeys = (entity: EntityClass, where: object) => AsyncGenerator<readonly DocumentKey[]>;

/** The value of a to-one property of these rows: keys of other rows. */
export type KeysHeld = (entity: EntityClass, keys: readonly DocumentKey[], property: string) => Promise<DocumentKey[]>;

/** How a row leads further, where no condition of the ORM does. */
type Crossing =
  /** One table for several classes: the condition names class and key. */
  | Readonly<{ by: 'class'; value: string; target: EntityMetadata }>
  /** A collection with `where`: a join would leave out rows that no longer fulfil it. */
  | Readonly<{ by: 'foreign key'; property: string; target: EntityMetadata }>
  /** A many-to-many relation of rows in several tables, which the ORM cannot page over. */
  | Readonly<{ by: 'pivot'; pivot: Pivot; target: EntityMetadata }>
  /** A relation from or to rows in several tables, whose joins the ORM gets wrong: the rows behind it are found first. */
  | Readonly<{ by: 'key'; target: EntityMetadata }>
  /** Only classes below have the property, in tables of their own. */
  | Readonly<{ by: 'subclass'; classes: readonly EntityMetadata[] }>;

/** Keys of the owners of members, by the rows of a pivot. */
export type OwnersByPivot = (pivot: Pivot, members: readonly DocumentKey[]) => Promise<DocumentKey[]>;

type Step = Readonly<{ property: string; next: EntityMetadata | undefined; crossing: Crossing | undefined }>;

const KEYS_PER_QUERY = 1_000;

/** Looks for rows from which a path leads to one of some keys. */
export class RowPaths {
  constructor(
    private readonly metas: readonly EntityMetadata[],
    private readonly pages: PagesOfKeys,
    private readonly held: KeysHeld,
    private readonly owners: OwnersByPivot,
  ) {}

  /** Whether `path` leads from `meta` to another entity, or at last to its own primary key. */
  knows(meta: EntityMetadata, path: readonly string[]): boolean {
    let at: EntityMetadata | undefined = meta;
    for (const [index, step] of path.entries()) {
      if (!at) return false;
      if (index === path.length - 1 && step === primaryKeyName(at)) return true;
      const found: Step | undefined = this.step(at, step);
      if (!found?.next) return false;
      at = found.next;
    }
    return true;
  }

  /** Conditions of `meta`, one after the other, under which its rows lead over `path` to one of `keys`. */
  async *conditions(
    meta: EntityMetadata,
    path: readonly string[],
    keys: readonly DocumentKey[],
  ): AsyncGenerator<object> {
    const before: string[] = [];
    let at: EntityMetadata = meta;
    let last: EntityProperty | undefined;
    for (const [index, text] of path.entries()) {
      if (endsAt(at, path.slice(index))) break;
      const found = this.step(at, text);
      const [crossing, rows] = [found?.crossing, path.slice(index + 1)];
      if (crossing?.by === 'key' && !endsAt(crossing.target, rows)) {
        for await (const page of this.rows(crossing.target, rows, keys))
          yield nested([...before, text], withForeignKeys(crossing.target, page));
        return;
      }
      if (found?.crossing && found.crossing.by !== 'key') {
        const rest = path.slice(index + (found.crossing.by === 'subclass' ? 0 : 1));
        for await (const condition of this.across(at, found.property, found.crossing, rest, keys))
          yield nested(before, condition);
        return;
      }
      if (!found) break;
      before.push(text);
      last = propertyOf(at, found.property);
      at = found.next ?? at;
    }
    yield nested(before, endOf(at, keys, last));
  }

  private async *across(
    meta: EntityMetadata,
    property: string,
    crossing: Exclude<Crossing, { by: 'key' }>,
    rest: readonly string[],
    keys: readonly DocumentKey[],
  ): AsyncGenerator<object> {
    if (crossing.by === 'subclass') {
      for (const sub of crossing.classes)
        for await (const page of this.rows(sub, rest, keys)) yield withKeys(primaryKeyParts(meta), page);
      return;
    }
    const { target } = crossing;
    for await (const page of rest.length > 0 ? this.rows(target, rest, keys) : once(keys)) {
      if (crossing.by === 'class') yield { [property]: { $in: page.map((key) => [crossing.value, ...[key].flat()]) } };
      else {
        const owners =
          crossing.by === 'pivot'
            ? await this.owners(crossing.pivot, page)
            : await this.held(classOf(target), page, crossing.property);
        for (let at = 0; at < owners.length; at += KEYS_PER_QUERY)
          yield withKeys(primaryKeyParts(meta), owners.slice(at, at + KEYS_PER_QUERY));
      }
    }
  }

  private async *rows(
    meta: EntityMetadata,
    path: readonly string[],
    keys: readonly DocumentKey[],
  ): AsyncGenerator<readonly DocumentKey[]> {
    for await (const where of this.conditions(meta, path, keys)) yield* this.pages(classOf(meta), where);
  }

  private step(meta: EntityMetadata, text: string): Step | undefined {
    const { property: name, target: value } = readStep(text);
    const property = propertyOf(meta, name);
    if (!property) {
      const classes = descendantsOf(meta, this.metas).filter((sub) => propertyOf(sub, name));
      const found = classes[0] && this.step(classes[0], text);
      return found && { property: name, next: found.next, crossing: { by: 'subclass', classes } };
    }
    if (isEmbedded(property)) return { property: name, next: property.targetMeta, crossing: undefined };
    if (!isRelation(property)) return { property: name, next: undefined, crossing: undefined };
    const relation = relationOf(property, this.metas);
    if (relation.targets) {
      const target = this.metas.find((one) => classOf(one) === relation.targets!.get(value ?? ''));
      return target && { property: name, next: target, crossing: { by: 'class', value: value!, target } };
    }
    const target = property.targetMeta!;
    return {
      property: name,
      next: target,
      crossing: crossingOf(relation, property, this.areApart(meta, target, property)),
    };
  }

  /** Whether the ORM's join between them would find others, or none. */
  private areApart(meta: EntityMetadata, target: EntityMetadata, property: EntityProperty): boolean {
    if (isTablePerType(meta) || isTablePerType(target) || isJoinedAlone(target, this.metas)) return true;
    return isJoinedByOthers(property, meta);
  }
}

/** The rows that a path ends at; by the foreign key of `last`, where that needs no row of the related table. */
function endOf(target: EntityMetadata, keys: readonly DocumentKey[], last: EntityProperty | undefined): object {
  const parts = primaryKeyParts(target);
  const byForeignKey = last && (parts.length === 1 || (isRelation(last) && isToOneOwner(last)));
  return byForeignKey ? withForeignKeys(target, keys) : withKeys(parts, keys);
}

function crossingOf(
  { kind, side, pivot, mappedBy }: Relation,
  { where, targetMeta }: EntityProperty,
  apart: boolean,
): Crossing | undefined {
  const target = targetMeta!;
  if (kind === 'm:n') return pivot && apart ? { by: 'pivot', pivot, target } : undefined;
  if (side === 'owner') return apart ? { by: 'key', target } : undefined;
  return apart || isFilled(where) ? { by: 'foreign key', property: mappedBy!, target } : undefined;
}

/** Whether what is left of a path leads no further than to the primary key. */
function endsAt(meta: EntityMetadata, rest: readonly string[]): boolean {
  return rest.length === 0 || (rest.length === 1 && rest[0] === primaryKeyName(meta));
}

function nested(path: readonly string[], condition: object): object {
  return path.reduceRight<object>((inner, step) => ({ [step]: inner }), condition);
}

function isFilled(where: unknown): boolean {
  return typeof where === 'object' && where !== null && Object.keys(where).length > 0;
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield await Promise.resolve(value);
}

function propertyOf(meta: EntityMetadata, name: string): EntityProperty | undefined {
  return (meta.properties as Record<string, EntityProperty | undefined>)[name];
}

function classOf(meta: EntityMetadata): EntityClass {
  return meta.class;
}
