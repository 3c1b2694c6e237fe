import { setTimeout as wait } from 'node:timers/promises';
import type { BulkFailure } from '../contracts/bulk-failure.js';
import { isUnavailable } from '../support/engine-failure.js';
import { SearchMigrationError } from '../errors/sync.errors.js';
import { hashOf, type IndexDefinition } from '../mapping/index-definition.js';
import { concreteName, generationOf } from '../mapping/index-name.js';
import { moveAlias } from './alias-moves.js';
import { finishAddition } from './addition.js';
import type { MigrationLease } from './migration-lease.js';
import { backoffMs } from '../support/backoff.js';
import { pause } from '../support/pause.js';
import { decodeKey, encodeKey, fitsColumn } from '../database/key-text.js';
import { backfill } from './backfill.js';
import { writeAlias, type MigrationState } from './migration-state.js';
import { flatSettings, PLACEMENT, PLACEMENT_REMEDY, type MigrationPlan } from './plan.js';
import { progressMeter, type MigrationProgress } from './progress.js';
import { compareAndMend } from './compare-and-mend.js';
import type { MigrateOptions, MigrationParts } from './migration-options.js';
import { refusedByMapping, SHOWN_FAILURES, UnbuildableRows } from './set-aside.js';

/** Tries of one page while the engine is away: about two minutes. */
const MAX_UNAVAILABLE = 15;
const AWAY_BACKOFF = Object.freeze({ baseMs: 200, maxMs: 10_000 });
const DRAIN_POLL_MS = 50;
const DRAIN_TIMEOUT_MS = 600_000;
/** The first refresh makes segments of everything that the backfill wrote, and new replicas are copied whole. */
const WHOLE_INDEX_MS = 300_000;
const PAGE_SIZE = 1_000;

/**
 * Fills a new index beside the living one and swaps the alias, each phase noted in the database first: a run that was
 * killed is gone on with. The caller holds the index's lease.
 */
export class Migration {
  private readonly unbuildable: UnbuildableRows;

  constructor(
    private readonly definition: IndexDefinition,
    private readonly parts: MigrationParts,
    private readonly options: MigrateOptions,
    private readonly lease: MigrationLease,
  ) {
    this.unbuildable = new UnbuildableRows(options.maxUnbuildable);
  }

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
          const refused = this.unbuildable.setAside(state, page.failures);
          failures.push(...refused.slice(0, SHOWN_FAILURES - failures.length));
          const text = encodeKey(page.lastKey);
          // A key too long to be noted: who goes on begins at an earlier one.
          await this.lease.advance({ ...(fitsColumn(text) ? { lastKey: text } : {}), done });
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
    const { engine } = this.parts;
    const whole = { timeoutMs: WHOLE_INDEX_MS, ...this.options };
    if (state.kind === 'rebuild') {
      const wanted = flatSettings(this.definition.body.settings);
      const restored = Object.fromEntries(Object.keys(FILLING).map((name) => [name, wanted[name] ?? null]));
      await engine.putSettings(newIndex, restored, this.options);
      await engine.waitUntilReady(newIndex, whole);
    }
    await engine.refresh(newIndex, whole);
    const meter = progressMeter(alias, 'verify', 2 * total, 0);
    const comparing = { index: writesTo(state), state, options: this.options, unbuildable: this.unbuildable };
    yield meter(await compareAndMend(this.definition, this.parts, comparing));
  }

  private async *swap({ kind, alias, oldIndex, newIndex, total }: MigrationState): AsyncGenerator<MigrationProgress> {
    const { engine } = this.parts;
    const { failures } = this.unbuildable;
    if (failures.length > 0) this.parts.report({ type: 'documents-refused', index: alias, failures });
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

function writesTo({ alias, kind, newIndex }: MigrationState): string {
  return kind === 'additive' ? alias : writeAlias(newIndex);
}

/** Settings of an index that nobody searches yet. */
const FILLING = Object.freeze({
  'index.number_of_replicas': '0',
  'index.auto_expand_replicas': 'false',
  'index.refresh_interval': '-1',
});
