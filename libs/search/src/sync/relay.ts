import type { RelayBatchMessage } from '../contracts/diagnostics.js';
import type { SearchEventListener } from '../contracts/search-event.js';
import type { TraceContext } from '../contracts/trace-context.js';
import { keyText } from '../document/document-id.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import { backoffMs, type BackoffOptions } from '../support/backoff.js';
import { pause } from '../support/pause.js';
import { WakeUp } from '../support/wake-up.js';
import { relayChannel } from '../support/channels.js';
import type { KeyReader } from './expansion.js';
import type { Claim, Outbox } from './outbox.js';
import type { OutboxRow, UnreachableRow } from './outbox-row.js';
import { relayRows, type BatchOutcome, type Publisher } from './relay-batch.js';

export interface RelayOptions {
  /** Rows of one batch at most. */
  readonly batchSize: number;
  /** Wait between looks for rows of other processes, in milliseconds; a commit of this process wakes at once. */
  readonly pollMs: number;
  readonly backoff: BackoffOptions;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** From 0 to below 1. */
  readonly random: () => number;
}

export const RELAY_DEFAULTS: RelayOptions = Object.freeze({
  batchSize: 500,
  pollMs: 500,
  backoff: Object.freeze({ baseMs: 200, maxMs: 30_000 }),
  now: Date.now,
  random: Math.random,
});

export interface RelayParts {
  readonly definitions: readonly IndexDefinition[];
  readonly outbox: Outbox;
  readonly publisher: Publisher;
  readonly reader: KeyReader;
  readonly report: SearchEventListener;
  readonly traceContext?: TraceContext | undefined;
}

/** Why an index waits, and until when. */
interface Delay {
  readonly failures: number;
  readonly until: number;
}

/** Ends a run: first its waits, then what is under way. */
interface Run {
  readonly finish: AbortController;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

type RelayLife = Readonly<{ state: 'stopped' }> | (Readonly<{ state: 'running' | 'stopping' }> & Run);

/**
 * Takes committed changes from the outbox into their indices. Any number may run at once, in any process. An index
 * whose engine is away waits alone, its rows released; the others go on. One that was stopped starts again.
 */
export class Relay {
  private readonly delays = new Map<string, Delay>();
  private readonly wakeUp = new WakeUp();
  private life: RelayLife = { state: 'stopped' };
  private databaseFailures = 0;
  private failure: unknown;

  constructor(
    private readonly parts: RelayParts,
    private readonly options: RelayOptions = RELAY_DEFAULTS,
  ) {}

  /** Why the last batch that failed did. */
  get lastError(): unknown {
    return this.failure;
  }

  /** Begins to relay; after a stop that is under way, once that has come to its end. */
  start(): void {
    const { life } = this;
    if (life.state === 'running') return;
    const [finish, abort] = [new AbortController(), new AbortController()];
    const run = (): Promise<void> => this.run(finish.signal, abort.signal);
    const ended = life.state === 'stopping' ? life.ended.then(run) : run();
    this.life = { state: 'running', finish, abort, ended };
  }

  /** Something was committed: looks at once. */
  wake(): void {
    this.wakeUp.call();
  }

  /** Ends waits at once and lets the batch that runs come to its end, for `timeoutMs` at most; then its requests are aborted. */
  async stop(timeoutMs: number): Promise<void> {
    const { life } = this;
    if (life.state === 'stopped') return;
    const stopping: RelayLife = { ...life, state: 'stopping' };
    this.life = stopping;
    life.finish.abort();
    const timer = setTimeout(() => life.abort.abort(), timeoutMs);
    await life.ended.finally(() => clearTimeout(timer));
    if (this.life === stopping) this.life = { state: 'stopped' };
  }

  /** One batch. @returns the number of rows that were due. @throws the database's error */
  async runBatch(abort?: AbortSignal): Promise<number> {
    const ready = this.parts.definitions.filter(
      ({ alias }) => (this.delays.get(alias)?.until ?? 0) <= this.options.now(),
    );
    return this.parts.outbox.claim(
      ready.map(({ alias }) => alias),
      this.options.batchSize,
      async (claim) => {
        const outcomes = await Promise.all(ready.map((definition) => this.relay(definition, claim, abort)));
        const done = outcomes.flatMap((outcome) => (outcome?.outcome === 'done' ? [outcome] : []));
        const givenUp = await claim.settle(
          done.flatMap(({ rows }) => rows),
          done.flatMap(({ refusals }) => refusals),
          done.flatMap(({ unreachable }) => unreachable),
        );
        this.reportGivenUp(givenUp);
      },
    );
  }

  private async relay(
    definition: IndexDefinition,
    claim: Claim,
    signal: AbortSignal | undefined,
  ): Promise<BatchOutcome | undefined> {
    const rows = claim.rows.filter(({ alias }) => alias === definition.alias);
    if (rows.length === 0) return undefined;
    const startedAt = this.options.now();
    const { publisher, reader, traceContext } = this.parts;
    let outcome: BatchOutcome | undefined;
    const batch = async (): Promise<RelayBatchMessage> => {
      outcome = await relayRows(
        definition,
        rows,
        { publisher, reader, alive: () => claim.alive() },
        signal ? { signal } : {},
      );
      this.note(definition, outcome);
      const message = messageOf(definition, outcome, startedAt, this.options.now(), traceContext !== undefined);
      if (relayChannel.hasSubscribers) relayChannel.publish(message);
      return message;
    };
    await (traceContext ? traceContext.resume(definition.alias, causesOf(rows), batch) : batch());
    return outcome;
  }

  private reportGivenUp(rows: readonly UnreachableRow[]): void {
    for (const { alias } of this.parts.definitions) {
      const failures = rows
        .filter(({ row }) => row.alias === alias)
        .map(({ row, reason }) => ({
          id: [...row.path, keyText(row.key)].join('/'),
          status: 0,
          type: 'unreachable',
          reason: `${reason}: run \`search repair ${alias}\``,
        }));
      if (failures.length > 0) this.parts.report({ type: 'documents-refused', index: alias, failures });
    }
  }

  private note({ alias }: IndexDefinition, outcome: BatchOutcome): void {
    const before = this.delays.get(alias);
    if (outcome.outcome === 'done') {
      this.delays.delete(alias);
      if (before) this.parts.report({ type: 'publish-resumed', index: alias });
      if (outcome.refusals.length === 0) return;
      const failures = outcome.refusals.map(({ key, reason }) => ({
        id: keyText(key),
        status: 0,
        type: 'refused',
        reason,
      }));
      return this.parts.report({ type: 'documents-refused', index: alias, failures });
    }
    this.failure = outcome.error;
    const failures = (before?.failures ?? 0) + 1;
    this.delays.set(alias, {
      failures,
      until: this.options.now() + backoffMs(failures, this.options.backoff, 0.5 + this.options.random() / 2),
    });
    if (!before && this.life.state !== 'stopping')
      this.parts.report({ type: 'publish-delayed', index: alias, pending: outcome.rows.length, error: outcome.error });
  }

  private async run(finish: AbortSignal, abort: AbortSignal): Promise<void> {
    while (!finish.aborted) {
      this.wakeUp.reset();
      const again = await this.tryBatch(finish, abort);
      if (!again) await this.wakeUp.wait(this.options.pollMs, finish);
    }
  }

  /** @returns whether to look again at once */
  private async tryBatch(finish: AbortSignal, abort: AbortSignal): Promise<boolean> {
    try {
      const rows = await this.runBatch(abort);
      if (this.databaseFailures > 0) this.parts.report({ type: 'relay-resumed' });
      this.databaseFailures = 0;
      return rows > 0;
    } catch (error) {
      this.failure = error;
      this.databaseFailures += 1;
      if (this.databaseFailures === 1) this.parts.report({ type: 'relay-delayed', error });
      const waitMs = backoffMs(this.databaseFailures, this.options.backoff, 0.5 + this.options.random() / 2);
      await pause(waitMs, finish);
      return true;
    }
  }
}

function messageOf(
  { alias }: IndexDefinition,
  outcome: BatchOutcome,
  startedAt: number,
  now: number,
  traced: boolean,
): RelayBatchMessage {
  const done = outcome.outcome === 'done';
  return {
    index: alias,
    rows: outcome.rows.length,
    documents: done ? outcome.documents : 0,
    refused: done ? outcome.refusals.length : 0,
    released: !done,
    durationMs: now - startedAt,
    lagMs: now - Math.min(...outcome.rows.map(({ createdAt }) => createdAt)),
    traced,
  };
}

function causesOf(rows: readonly OutboxRow[]): readonly string[] {
  return [...new Set(rows.flatMap(({ traceparent }) => traceparent ?? []))];
}
