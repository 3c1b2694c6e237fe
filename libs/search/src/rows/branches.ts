import type { EntityMetadata } from '@mikro-orm/core';
import type { PlanBranch, PopulatePlan } from '../document/populate-plan.js';
import { keyIn, primaryKeyParts, type DocumentKey, type KeyPart } from '../metadata/key-parts.js';
import type { EntityClass } from '../metadata/recorder.js';
import { withKeys } from './key-conditions.js';

/** Reads rows of one class by conditions, with what a plan names, into the identity map of those read before. */
export type ReadOfClass = (entity: EntityClass, where: object, plan: PopulatePlan) => Promise<object[]>;

/** What the ORM keeps at each entity. */
interface Managed {
  readonly __helper?: { isInitialized(): boolean; readonly __loadedProperties?: ReadonlySet<string> };
  readonly __meta: EntityMetadata;
}

const KEYS_PER_QUERY = 1_000;

/**
 * Reads what stands behind relations whose rows are of several tables, class by class: the ORM reads no columns of
 * subclasses through a relation to their base, nor of several classes at once.
 */
export async function readBranches(
  rows: readonly object[],
  branches: readonly PlanBranch[],
  read: ReadOfClass,
): Promise<void> {
  for (const { path, entity, plan } of branches) {
    const unread = new Map<string, DocumentKey>();
    const there = new Set<object>();
    let parts: readonly KeyPart[] = [];
    for (const row of rows.flatMap((one) => rowsAt(one, path))) {
      const { __meta: meta } = row as Managed;
      if (!isToRead(row as Managed, entity, plan)) {
        if ((meta.class as unknown) === entity) there.add(row);
        continue;
      }
      parts = primaryKeyParts(meta);
      const key = keyIn(parts, row);
      unread.set(JSON.stringify([key].flat().map(String)), key);
    }
    const keys = [...unread.values()];
    for (let at = 0; at < keys.length; at += KEYS_PER_QUERY) {
      const found = await read(entity, withKeys(parts, keys.slice(at, at + KEYS_PER_QUERY)), plan);
      await readBranches(found, plan.branches, read);
    }
    // What was read for another place may lead further here.
    if (there.size > 0) await readBranches([...there], plan.branches, read);
  }
}

/** A row may have been read before for another place of the document, with less of it. */
function isToRead(row: Managed, entity: EntityClass, { fields, populate }: PopulatePlan): boolean {
  if (row.__helper?.isInitialized() === false) return mayBe(row.__meta, entity);
  if ((row.__meta.class as unknown) !== entity) return false;
  return ![...fields, ...populate].every((path) => holds(row, path.split(':')[0]!.split('.')));
}

/** Whether all that is at the end of a path was read. */
function holds(row: object, path: readonly string[]): boolean {
  const [step, ...rest] = path;
  const { __helper: helper, __meta: meta } = row as Managed;
  if (step === undefined) return true;
  if (helper?.isInitialized() === false) return false;
  if (helper?.__loadedProperties?.has(step) === false && !meta.primaryKeys.includes(step)) return false;
  const value = (row as Record<string, unknown>)[step];
  if ((value as Partial<Collected> | null | undefined)?.isInitialized?.() === false) return false;
  return rest.length === 0 || unwrapped(value).every((next) => holds(next, rest));
}

interface Collected {
  isInitialized(): boolean;
}

/** A reference made before its row was read is of the class that the relation names. */
function mayBe(meta: EntityMetadata, entity: EntityClass): boolean {
  const given = meta.class as unknown as EntityClass;
  return given === entity || Object.prototype.isPrototypeOf.call(given, entity);
}

/** Rows at the end of a path of properties: behind collections, references, lists and embeddables. */
function rowsAt(row: object, path: readonly string[]): object[] {
  const [step, ...rest] = path;
  if (step === undefined) return [row];
  return unwrapped((row as Record<string, unknown>)[step]).flatMap((next) => rowsAt(next, rest));
}

function unwrapped(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  const { getItems, unwrap } = value as { getItems?: (check?: boolean) => object[]; unwrap?: () => object };
  if (typeof getItems === 'function') return getItems.call(value, false);
  if (typeof unwrap === 'function') return unwrapped(unwrap.call(value));
  return Array.isArray(value) ? value.flatMap(unwrapped) : [value];
}
