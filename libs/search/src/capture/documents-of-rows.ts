import type { EntityManager } from '@mikro-orm/core';
import type { EntityClass } from '../metadata/recorder.js';
import type { EntityReader, PrimaryKey } from '../rows/entity-reader.js';
import { CascadeReader } from './cascade-reader.js';
import { cascadesOf, showing } from './cascades.js';
import { foreignKeyOf, lostWithRow, ownersOf, touchAt, touchesOf, withForeignKey } from './change.js';
import { rootPath, type Dependency } from './dependencies.js';
import type { Touch } from './touch.js';

/** Rows looked up at once. */
const PAGE_SIZE = 500;

/** Looks for the documents of rows while these are still as they were. */
export class DocumentsOfRows {
  private readonly cascades: CascadeReader;

  constructor(
    private readonly dependencies: readonly Dependency[],
    private readonly reader: EntityReader,
  ) {
    this.cascades = new CascadeReader(cascadesOf(reader.foreignKeys(), dependencies), reader);
  }

  /** Documents that hold one of these rows in one of these places. */
  async at(em: EntityManager, dependencies: readonly Dependency[], keys: readonly PrimaryKey[]): Promise<Touch[]> {
    const touches: Touch[] = [];
    for (const { definition, path } of dependencies) {
      for await (const page of this.reader.keysReaching(
        definition.model,
        path.length > 0 ? path : rootPath(definition),
        keys,
        PAGE_SIZE,
        em,
      )) {
        touches.push(...page.map((key) => ({ definition, path: [], key })));
      }
    }
    return touches;
  }

  /** Documents of the rows that these lead to by their foreign keys now. */
  async formerOwners(
    em: EntityManager,
    entity: EntityClass,
    keys: readonly PrimaryKey[],
    which: (dependency: Dependency) => boolean = () => true,
  ): Promise<Touch[]> {
    const dependencies = withForeignKey(entity, this.dependencies).filter(which);
    const touches: Touch[] = [];
    const held = new Map<string, unknown[]>();
    for (const dependency of dependencies) {
      const place = `${dependency.entity.name}.${foreignKeyOf(dependency)!}`;
      const owners =
        held.get(place) ?? (await this.reader.keysHeld(dependency.entity, keys, [foreignKeyOf(dependency)!], em));
      held.set(place, owners);
      touches.push(...ownersOf(dependency, owners));
    }
    return touches;
  }

  /** Documents of rows that a statement deletes, of which the ORM reports nothing. */
  async ofDeleted(em: EntityManager, entity: EntityClass, keys: readonly PrimaryKey[]): Promise<Touch[]> {
    const gone = { type: 'delete', entity, properties: undefined } as const;
    const nothing = (): undefined => undefined;
    return [
      ...(await this.at(em, lostWithRow(entity, this.dependencies), keys)),
      ...(await this.formerOwners(em, entity, keys, isPivot)),
      ...keys.flatMap((key) => touchesOf({ ...gone, key, before: nothing, after: nothing }, this.dependencies)),
    ];
  }

  /** Documents that can only be found while these rows, and those that the database deletes with them, are there. */
  async reachingRows(em: EntityManager, entity: EntityClass, keys: readonly PrimaryKey[]): Promise<Touch[]> {
    const own = await this.at(em, lostWithRow(entity, this.dependencies), keys);
    return [...own, ...(await this.cascaded(em, entity, keys))];
  }

  /** Whether documents show rows that the database deletes, or changes, with rows of `entity`. */
  cascadesFrom(entity: EntityClass): boolean {
    return this.cascades.startAt(entity);
  }

  /** Documents of the rows that the database deletes or changes with these. */
  async cascaded(em: EntityManager, entity: EntityClass, keys: readonly PrimaryKey[]): Promise<Touch[]> {
    const touches: Touch[] = [];
    for await (const { foreignKey, keys: rows } of this.cascades.rows(em, entity, keys)) {
      if (foreignKey.onDelete === 'empty') {
        const shown = showing(foreignKey, this.dependencies);
        touches.push(...(await this.formerOwners(em, foreignKey.entity, rows, (one) => shown.includes(one))));
        touches.push(...shown.filter(({ pivot }) => !pivot).flatMap((one) => rows.map((key) => touchAt(one, key))));
        continue;
      }
      touches.push(...(await this.ofDeleted(em, foreignKey.entity, rows)));
    }
    return touches;
  }
}

export function isPivot({ pivot }: Dependency): boolean {
  return pivot !== undefined;
}
