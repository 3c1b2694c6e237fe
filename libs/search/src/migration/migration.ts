import { setTimeout as wait } from 'node:timers/promises';
import type { CallOptions, SearchEngine } from '../contracts/engine.js';
import type { SearchEventListener } from '../contracts/search-event.js';
import { documentIdOf } from '../document/document-builder.js';
import type { BulkFailure } from '../contracts/bulk-failure.js';
import { isUnavailable } from '../support/engine-failure.js';
import { SearchMigrationError } from '../errors/sync.errors.js';
import { hashOf, type IndexDefinition } from '../mapping/index-definition.js';
import { concreteName, generationOf } from '../mapping/index-name.js';
import { moveAlias } from './alias-moves.js';
import { finishAddition } from './addition.js';
import type { MigrationLease } from './migration-lease.js';
import { backoffMs } from '../support/backoff.js';
import { callOptionsOf } from '../support/call-options.js';
import { pause } from '../support/pause.js';
import type { DocumentPublisher } from '../indexing/document-publisher.js';
import type { EntityReader, PrimaryKey } from '../rows/entity-reader.js';
import { decodeKey, keyOrStart } from '../database/key-text.js';
import { backfill, type BackfillParts } from './backfill.js';
import { writeAlias, type MigrationState } from './migration-state.js';
import { flatSettings, PLACEMENT, PLACEMENT_REMEDY, type MigrationPlan } from './plan.js';
import { progressMeter, type MigrationProgress } from './progress.js';
import type { Verifier } from './verifier.js';
import { comparisonOf, type VerifyMode } from './verify-mode.js';

export interface MigrateOptions extends CallOptions {
  /** Documents per second at most; no bound when absent. */
  readonly maxDocumentsPerSecond?: number;
  /** Rows read at once; 1,000 when absent. */
  readonly pageSize?: number;
  /** Wait at most for the rows that were in the outbox at the end of the backfill, in milliseconds; 600,000 when absent. */
  readonly drainTimeoutMs?: number;
  /**
   * Rows that cannot be read or made into a document, and that the new index may lack: the migration reports them and
   * goes on. One in a hundred, 100 at most and 1 at least, when absent; with more it fails before the swap.
   */
  readonly maxUnbuildable?: number;
  /**
   * What is compared before the swap. `ids`, when absent: that each row has its document, and each document its row; the
   * backfill knows the outcome of each write. `contents`: each document as well. `sample:1000`: so many of them, by
   * chance. An additive change compares contents unless this says otherwise, as all ids are there before it.
   */
  readonly verify?: VerifyMode;
}

/** Rows that a migration waits for. */
export interface Drain {
  newest(aliases: readonly string[]): Promise<string>;
  waitingUpTo(id: string, aliases: readonly string[]): Promise<number>;
}

export interface MigrationParts extends BackfillParts {
  readonly engine: SearchEngine;
  readonly reader: EntityReader;
  readonly publisher: Pick<DocumentPublisher, 'publish'>;
  readonly verifier: Verifier;
  readonly report: SearchEventListener;
  /** Without an outbox: changes of other processes cannot be waited for. */
  readonly drain: Drain | undefined;
}

const SHOWN_FAILURES = 100;
/** Tries of one page while the engine is away: about two minutes. */
const MAX_UNAVAILABLE = 15;
const AWAY_BACKOFF = Object.freeze({ baseMs: 200, maxMs: 10_000 });
const DRAIN_POLL_MS = 50;
const DRAIN_TIMEOUT_MS = 600_000;
const REPAIR_ROUNDS = 3;
/** The first refresh makes segments of everything that the backfill wrote, and new replicas are copied whole. */
const WHOLE_INDEX_MS = 300_000;
const PAGE_SIZE = 1_000;
/** Documents compared again at the end, in memory. */
const MAX_DRIFT = 100_000;

/**
 * Fills a new index beside the living one and swaps the alias, each phase noted in the database first: a run that was
 * killed is gone on with. The caller holds the index's lease.
 */
export class Migration {
  constructor(
    private readonly definition: IndexDefinition,
    private readonly parts: MigrationParts,
    private readonly options: MigrateOptions,
    private readonly lease: MigrationLease,
  ) {}

  /** By id. */
  private readonly unbuildable = new Map<string, BulkFailure>();

  /** Creates the new index where one is needed, and notes it: from then on writes go where they have to. */
  async begin(plan: MigrationPlan): Promise<void> {
    const { engine, reader } = this.parts;
    const { alias, hash, body, model } = this.definition;
    if (plan.differences.some(({ path }) => path === PLACEMENT)) {
      throw new SearchMigrationError(
        alias,
        `has its documents under other ids or on other shards. ${PLACEMENT_REMEDY}`,
      );
    }
    const oldIndex = plan.liveIndex!;
    const [live] = await engine.readIndices(oldIndex);
    const oldHash = live && hashOf(live.meta);
    const total = await reader.count(model);
    if (plan.action === 'additive') {
      // Noted before anything is put in place: a process with the old model must not write from then on.
      await this.lease.begin({ oldIndex, newIndex: oldIndex, oldHash, newHash: hash, total });
      return;
    }
    // Of this attempt alone: whatever is left of earlier ones stays as it is, for `search prune`.
    const newIndex = concreteName(alias, (generationOf(alias, oldIndex) ?? 0) + 1, hash, this.lease.fence);
    const settings = { ...flatSettings(body.settings), ...FILLING };
    try {
      await engine.createIndex(newIndex, { ...body, settings, aliases: { [writeAlias(newIndex)]: {} } }, this.options);
      await engine.updateAliases([{ add: { index: oldIndex, alias: writeAlias(oldIndex) } }], this.options);
    } catch (error) {
      await engine.deleteIndex(newIndex).catch(() => undefined);
      throw error;
    }
    await this.lease.begin({ oldIndex, newIndex, oldHash, newHash: hash, total }).catch(async (error: unknown) => {
      // Only where it is certain that no row names it.
      if (error instanceof SearchMigrationError) await engine.deleteIndex(newIndex).catch(() => undefined);
      throw error;
    });
  }

  /** Goes on from the phase that is noted, to `swapped`, or `finished` for an additive change. */
  async *run(state: MigrationState): AsyncGenerator<MigrationProgress> {
    if (state.phase === 'backfill') yield* this.backfill(state);
    if (state.phase === 'backfill' || state.phase === 'drain') yield* this.drain(state);
    yield* this.verify(state);
    yield* this.swap(state);
  }

  private async *backfill(state: MigrationState): AsyncGenerator<MigrationProgress> {
    const { alias, lastKey, total } = state;
    let { done } = state;
    const meter = progressMeter(alias, 'backfill', total, done);
    const failures: BulkFailure[] = [];
    const { pageSize = PAGE_SIZE, maxDocumentsPerSecond, signal } = this.options;
    let after = lastKey === undefined ? undefined : decodeKey(lastKey);
    for (let failed = 0, complete = false; !complete && failures.length < SHOWN_FAILURES;) {
      const options = { after, pageSize, maxDocumentsPerSecond, ...(signal ? { signal } : {}) };
      try {
        for await (const page of backfill(this.definition, writesTo(state), this.parts, options)) {
          [after, failed, done] = [page.lastKey, 0, done + page.rows];
          const refused = this.setAside(state, page.failures);
          failures.push(...refused.slice(0, SHOWN_FAILURES - failures.length));
          const { text, whole } = keyOrStart(page.lastKey);
          // A key too long to be noted: who goes on begins at an earlier one.
          await this.lease.advance({ ...(whole ? { lastKey: text } : {}), done });
          yield meter(done);
          signal?.throwIfAborted();
          if (failures.length >= SHOWN_FAILURES) break;
        }
        complete = true;
      } catch (error) {
        // The page is read again, not only sent again.
        if (!isUnavailable(error) || (failed += 1) > MAX_UNAVAILABLE) throw error;
        // Its index is gone too where another migrator has taken over: that one ends this.
        await this.lease.renew();
        await pause(backoffMs(failed, AWAY_BACKOFF, 1), signal);
      }
    }
    if (failures.length > 0) throw refusedByMapping(alias, failures);
    await this.lease.advance({ phase: 'drain' });
  }

  /** Until the rows that exist now are gone: their changes are then in the new index too. */
  private async *drain({ alias }: MigrationState): AsyncGenerator<MigrationProgress> {
    const { drain } = this.parts;
    if (drain) {
      const deadline = performance.now() + (this.options.drainTimeoutMs ?? DRAIN_TIMEOUT_MS);
      const newest = await drain.newest([alias]);
      const atFirst = await drain.waitingUpTo(newest, [alias]);
      const meter = progressMeter(alias, 'drain', atFirst, 0);
      for (let waiting = atFirst; waiting > 0; waiting = await drain.waitingUpTo(newest, [alias])) {
        yield meter(Math.max(0, atFirst - waiting));
        if (performance.now() > deadline)
          throw new SearchMigrationError(
            alias,
            `still has ${waiting} changes in the outbox: is a relay running that has this model?`,
          );
        await wait(DRAIN_POLL_MS, undefined, this.options.signal ? { signal: this.options.signal } : {});
      }
    }
    await this.lease.advance({ phase: 'verify' });
  }

  private async *verify(state: MigrationState): AsyncGenerator<MigrationProgress> {
    const { alias, newIndex, total } = state;
    const { engine, verifier } = this.parts;
    const writes = writesTo(state);
    const whole = { timeoutMs: WHOLE_INDEX_MS, ...this.options };
    if (state.kind === 'rebuild') {
      const wanted = flatSettings(this.definition.body.settings);
      const restored = Object.fromEntries(Object.keys(FILLING).map((name) => [name, wanted[name] ?? null]));
      await engine.putSettings(newIndex, restored, this.options);
      await engine.waitUntilReady(newIndex, whole);
    }
    await engine.refresh(newIndex, whole);
    const meter = progressMeter(alias, 'verify', 2 * total, 0);
    const keys: PrimaryKey[] = [];
    let done = 0;
    const { verify = state.kind === 'additive' ? 'contents' : 'ids' } = this.options;
    for await (const { key, drift, reason = '' } of verifier.drift(this.definition, writes, {
      ...callOptionsOf(this.options),
      comparison: comparisonOf(verify),
      onProgress: (looked) => void (done = looked),
    })) {
      if (drift === 'unbuildable') {
        this.setAside(state, [{ id: documentIdOf(this.definition.model, key), status: 0, type: drift, reason }]);
        continue;
      }
      keys.push(key);
      if (keys.length > MAX_DRIFT)
        throw new SearchMigrationError(
          alias,
          `differs from the database in more than ${MAX_DRIFT} documents: run it again`,
        );
    }
    yield meter(done);
    await this.repair(state, keys);
  }

  /** Changes under way look like drift too: writing those documents by the same steps settles both. */
  private async repair(state: MigrationState, drifted: readonly PrimaryKey[]): Promise<void> {
    const writes = writesTo(state);
    let keys = drifted;
    for (let round = 1; keys.length > 0; round += 1) {
      const { failures, unavailable } = await this.parts.publisher.publish(this.definition, keys, this.options);
      if (unavailable) throw unavailable;
      const refused = this.setAside(state, failures);
      if (refused.length > 0) throw refusedByMapping(state.alias, refused);
      const left = await this.parts.verifier.recheck(this.definition, writes, keys, this.options);
      keys = left.filter(({ drift }) => drift !== 'unbuildable').map(({ key }) => key);
      // What still differs then is written faster than it can be looked at: each of its changes is in the outbox.
      if (round === REPAIR_ROUNDS) return;
    }
  }

  /** Notes documents that cannot be built. @returns the failures of the others @throws SearchMigrationError for too many */
  private setAside({ alias, kind, total }: MigrationState, failures: readonly BulkFailure[]): readonly BulkFailure[] {
    const unbuilt = failures.filter(isUnbuilt);
    if (unbuilt.length === 0) return failures;
    for (const failure of unbuilt) this.unbuildable.set(failure.id, failure);
    const { maxUnbuildable = Math.max(1, Math.min(SHOWN_FAILURES, Math.floor(total / 100))) } = this.options;
    // An additive change leaves the documents as they are.
    if (kind === 'rebuild' && this.unbuildable.size > maxUnbuildable)
      throw new SearchMigrationError(
        alias,
        `would lack more than ${maxUnbuildable} documents, whose rows cannot be made into one. Mend the rows or the model, or set maxUnbuildable (--max-unbuildable):`,
        [...this.unbuildable.values()].slice(0, SHOWN_FAILURES),
      );
    return failures.filter((failure) => !isUnbuilt(failure));
  }

  private async *swap({ kind, alias, oldIndex, newIndex, total }: MigrationState): AsyncGenerator<MigrationProgress> {
    const { engine } = this.parts;
    if (this.unbuildable.size > 0)
      this.parts.report({ type: 'documents-refused', index: alias, failures: [...this.unbuildable.values()] });
    if (kind === 'additive') {
      await this.lease.renew();
      await finishAddition(engine, this.definition, newIndex, this.options);
      await this.lease.advance({ phase: 'finished' });
      yield progressMeter(alias, 'finished', total, 0)(total);
      return;
    }
    const move = { alias, from: oldIndex, to: newIndex, made: newIndex, lease: this.lease };
    await moveAlias(engine, move, this.options);
    await this.lease.advance({ phase: 'swapped' });
    yield progressMeter(alias, 'swapped', total, 0)(total);
  }
}

/** Nothing was sent of it. */
export function isUnbuilt({ status }: BulkFailure): boolean {
  return status === 0;
}

export function refusedByMapping(alias: string, failures: readonly BulkFailure[]): SearchMigrationError {
  return new SearchMigrationError(
    alias,
    'has a new mapping that refuses documents:',
    failures.slice(0, SHOWN_FAILURES),
  );
}

function writesTo({ alias, kind, newIndex }: MigrationState): string {
  return kind === 'additive' ? alias : writeAlias(newIndex);
}

/** Settings of an index that nobody searches yet. */
const FILLING = Object.freeze({
  'index.number_of_replicas': '0',
  'index.auto_expand_replicas': 'false',
  'index.refresh_interval': '-1',
});
