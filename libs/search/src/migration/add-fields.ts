import type { IndexDefinition } from '../mapping/index-definition.js';
import { finishAddition, putAddition } from './addition.js';
import { backfill } from './backfill.js';
import type { MigrateOptions, MigrationParts } from './migration-options.js';
import { isUnbuilt, refusedByMapping } from './set-aside.js';
import { progressMeter, type MigrationProgress } from './progress.js';

const PAGE_SIZE = 1_000;

/**
 * An additive change where the database has no tables to note it in. The index itself does: it keeps the mark of its old
 * model until all documents are written, so that whoever starts next begins again. Several at once do the same twice.
 */
export async function* addFields(
  definition: IndexDefinition,
  index: string,
  parts: Pick<MigrationParts, 'engine' | 'clock' | 'reader' | 'writer' | 'report'>,
  options: MigrateOptions,
): AsyncGenerator<MigrationProgress> {
  const { alias, model } = definition;
  const { pageSize = PAGE_SIZE, maxDocumentsPerSecond, signal } = options;
  await putAddition(parts.engine, definition, index, options);
  const total = await parts.reader.count(model);
  const meter = progressMeter(alias, 'backfill', total, 0);
  yield meter(0);
  let done = 0;
  const pages = backfill(definition, alias, parts, {
    after: undefined,
    pageSize,
    maxDocumentsPerSecond,
    ...(signal ? { signal } : {}),
  });
  for await (const { rows, failures } of pages) {
    const refused = failures.filter((failure) => !isUnbuilt(failure));
    if (refused.length > 0) throw refusedByMapping(alias, refused);
    if (failures.length > 0) parts.report({ type: 'documents-refused', index: alias, failures });
    yield meter((done += rows));
    signal?.throwIfAborted();
  }
  await finishAddition(parts.engine, definition, index, options);
  yield progressMeter(alias, 'finished', total, 0)(total);
}
