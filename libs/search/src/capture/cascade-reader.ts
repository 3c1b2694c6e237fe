import type { EntityManager } from '@mikro-orm/core';
import { keyText } from '../document/document-id.js';
import type { EntityClass } from '../metadata/recorder.js';
import type { EntityReader, PrimaryKey } from '../rows/entity-reader.js';
import type { ForeignKey } from '../rows/foreign-keys.js';
import { cascadesTo } from './cascades.js';

/** Rows that the database is about to delete, or whose foreign key it is about to empty. */
export interface CascadedRows {
  readonly foreignKey: ForeignKey;
  readonly keys: readonly PrimaryKey[];
}

/** Rows looked up at once. */
const PAGE_SIZE = 500;

/** Looks for the rows that go, or change, with rows that are to be deleted: step by step, in pages. */
export class CascadeReader {
  constructor(
    private readonly foreignKeys: readonly ForeignKey[],
    private readonly reader: Pick<EntityReader, 'keysLeading'>,
  ) {}

  startAt(entity: EntityClass): boolean {
    return cascadesTo(entity, this.foreignKeys).length > 0;
  }

  async *rows(em: EntityManager, entity: EntityClass, keys: readonly PrimaryKey[]): AsyncGenerator<CascadedRows> {
    yield* this.below(em, entity, keys, new Set());
  }

  /** @param seen rows that were gone through: a row may lead to itself, or be reached twice */
  private async *below(
    em: EntityManager,
    entity: EntityClass,
    keys: readonly PrimaryKey[],
    seen: Set<string>,
  ): AsyncGenerator<CascadedRows> {
    for (const foreignKey of cascadesTo(entity, this.foreignKeys))
      for await (const page of this.reader.keysLeading(foreignKey, keys, PAGE_SIZE, em)) {
        const fresh = page.filter((key) => isNew(nameOf(foreignKey, key), seen));
        if (fresh.length === 0) continue;
        yield { foreignKey, keys: fresh };
        if (foreignKey.onDelete === 'delete') yield* this.below(em, foreignKey.entity, fresh, seen);
      }
  }
}

function nameOf({ entity, path, onDelete }: ForeignKey, key: PrimaryKey): string {
  return `${entity.name}|${onDelete === 'delete' ? '' : path.join('.')}|${keyText(key)}`;
}

function isNew(name: string, seen: Set<string>): boolean {
  if (seen.has(name)) return false;
  seen.add(name);
  return true;
}
