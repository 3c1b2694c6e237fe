import type { EntityManager, EntityMetadata } from '@mikro-orm/core';
import { SearchOptionError } from '../errors/option-error.js';
import { primaryKeyParts } from '../metadata/key-parts.js';
import type { EntityClass } from '../metadata/recorder.js';
import type { EntityReader, Orm, PrimaryKey } from '../rows/entity-reader.js';
import { checkCall } from '../support/call-options.js';
import { anEntityManager, trueOrFalse, type OptionTable } from '../support/option-table.js';
import { touchAt } from '../capture/change.js';
import { isA, type Dependency } from '../capture/dependencies.js';
import type { DocumentsOfRows } from '../capture/documents-of-rows.js';
import type { SyncByIndex } from './sync-by-index.js';
import { TouchSet, type Touch } from '../capture/touch.js';

/** Which rows changed: the ORM's own conditions, a primary key or several: `7`, `[7, 8]`; `[1, 'a']`, `[[1, 'a'], [1, 'b']]` for a composite key. */
export type TouchedRows = PrimaryKey | readonly PrimaryKey[] | Readonly<Record<string, unknown>>;

export interface TouchOptions {
  /** Entity manager whose transaction made the change; the current one of the ORM's context when absent. */
  readonly em?: EntityManager;
  /** The rows are about to be deleted: documents that embed them are looked up now, before they are gone. */
  readonly deleting?: boolean;
}

const TOUCH: OptionTable<TouchOptions> = { em: anEntityManager, deleting: trueOrFalse };

const PAGE_SIZE = 1_000;

/** Changes that the ORM reports to nobody: `nativeUpdate`, `nativeDelete`, query builders, raw SQL, database cascades. */
export class SearchSync {
  /** @internal The library makes it. */
  constructor(
    private readonly orm: Orm,
    private readonly reader: EntityReader,
    private readonly dependencies: readonly Dependency[],
    private readonly documents: DocumentsOfRows,
    private readonly strategy: SyncByIndex,
  ) {}

  /**
   * Says that rows changed without the ORM's unit of work. Call it in the transaction that changes them: before a
   * delete (with `deleting` for an entity that documents embed), before an update that moves rows from one owner to
   * another (and after it for rows of a pivot entity), before or after any other update, after an insert.
   *
   * Indices whose `sync` is `manual` are left out.
   *
   * @throws SearchOptionError when no document holds anything of the entity, or only those of `manual` indices do.
   * @example
   * await em.transactional(async (tx) => {
   *   await tx.nativeUpdate(Passage, { address: 7 }, { quoted: true });
   *   await search.sync.touch(Passage, { address: 7 }, { em: tx });
   * });
   */
  async touch(entity: EntityClass, rows: TouchedRows, options: TouchOptions = {}): Promise<void> {
    checkCall('touch', options, TOUCH);
    const { em, deleting = false } = options;
    const holding = this.dependencies.filter(
      (dependency) => isA(entity, dependency.entity) || isA(dependency.entity, entity),
    );
    const cascades = deleting && this.documents.cascadesFrom(entity);
    if (holding.length === 0 && !cascades)
      throw new SearchOptionError([
        { option: 'search.sync.touch', requirement: 'needs an entity that a document holds', received: entity.name },
      ]);
    const held = holding.filter(({ definition }) => this.strategy.followed.includes(definition));
    if (held.length === 0 && !cascades)
      throw new SearchOptionError([
        {
          option: 'search.sync.touch',
          requirement: "needs an index with sync: 'outbox' or 'after-commit'",
          received: 'manual',
        },
      ]);
    const manager = em ?? this.orm.em.getContext(false);
    for await (const keys of this.keysOf(entity, rows, manager)) {
      const lost = deleting ? await this.documents.reachingRows(manager, entity, keys) : [];
      lost.push(...(await this.documents.formerOwners(manager, entity, keys)));
      const own = held
        .filter(({ pivot }) => !pivot)
        .flatMap(({ definition, path }): Touch[] => keys.map((key) => touchAt({ definition, path }, key)));
      await this.strategy.add([...new TouchSet([...own, ...lost])], manager);
    }
  }

  private async *keysOf(
    entity: EntityClass,
    rows: TouchedRows,
    em: EntityManager,
  ): AsyncGenerator<readonly PrimaryKey[]> {
    const parts = primaryKeyParts(em.getMetadata().get<object>(entity as never) as EntityMetadata);
    if (isKeys(rows)) {
      const isOne = typeof rows !== 'object' || (parts.length > 1 && rows.every((value) => typeof value !== 'object'));
      yield (isOne ? [rows] : rows) as readonly PrimaryKey[];
      return;
    }
    yield* this.reader.keysInPages(entity, rows, PAGE_SIZE, em);
  }
}

function isKeys(rows: TouchedRows): rows is PrimaryKey | readonly PrimaryKey[] {
  return typeof rows !== 'object' || Array.isArray(rows);
}
