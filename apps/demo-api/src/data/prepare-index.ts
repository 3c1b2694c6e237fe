import { setTimeout as wait } from 'node:timers/promises';
import type { EntityManager } from '@mikro-orm/postgresql';
import { SearchEngineUnavailableError, SearchIndexMismatchError, type SearchService } from '@rookery/search';
import { lastValueFrom } from 'rxjs';
import { Passage } from '../entities/index.js';
import { OF_PRESENT_PRESIDENTS } from '../entities/present.js';
import { type Output, Progress } from './progress.js';

const RETRY_MS = 5_000;

type Parts = Readonly<{
  em: EntityManager;
  search: SearchService;
  output: Output;
  signal: AbortSignal;
  /** Runs once the index is whole, before anyone searches. */
  warmUp: () => Promise<void>;
}>;

/** Brings the index to the model, indexes all passages when it has not as many as the database, and warms up the engine. */
async function prepareIndex(parts: Parts): Promise<void> {
  await fillIndex(parts);
  await parts.warmUp();
}

async function fillIndex({ em, search, output, signal }: Parts): Promise<void> {
  await ensureIndex(search, output, signal);
  const passages = search.repository(Passage);
  const rows = await em.fork().count(Passage, { address: OF_PRESENT_PRESIDENTS });
  const documents = await passages.count(undefined, { signal });
  if (documents === rows) return;
  if (documents > rows) await search.migrations.repair(Passage, { signal });
  const progress = new Progress('Indexing passages', rows, output);
  let indexed = 0;
  await passages.indexAll({
    signal,
    onProgress: ({ done }) => {
      progress.advance(done - indexed);
      indexed = done;
    },
  });
}

/**
 * Makes the index, or migrates it when the model has changed since, and ends the migration. That suits an application
 * that runs once; several migrate by command, and end it when no process of the old release is left: libs/search/OPERATIONS.md.
 */
async function ensureIndex(search: SearchService, output: Output, signal: AbortSignal): Promise<void> {
  try {
    await search.ensureIndices();
  } catch (error) {
    if (!(error instanceof SearchIndexMismatchError)) throw error;
    output.write('The model has changed: migrating the index of the passages.\n');
    await lastValueFrom(search.migrations.migrate(Passage, { signal }));
    await search.migrations.finish(Passage, { signal });
  }
}

/** As {@link prepareIndex}; while OpenSearch does not answer it logs so once, and tries again in the background. */
export async function prepareIndexWhenPossible(parts: Parts): Promise<void> {
  try {
    await prepareIndex(parts);
  } catch (error) {
    if (!(error instanceof SearchEngineUnavailableError)) throw error;
    parts.output.write(
      `${error.message}. /search answers 503 until it is there; trying again every ${RETRY_MS / 1000} s.\n`,
    );
    void retry(parts);
  }
}

async function retry(parts: Parts): Promise<void> {
  try {
    for (;;) {
      await wait(RETRY_MS, undefined, { signal: parts.signal, ref: false });
      try {
        await prepareIndex(parts);
        parts.output.write('OpenSearch is there: /search answers.\n');
        return;
      } catch (error) {
        if (!(error instanceof SearchEngineUnavailableError)) throw error;
      }
    }
  } catch (error) {
    if (!parts.signal.aborted)
      parts.output.write(`The passages are not indexed: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
