import type { CallOptions } from '../contracts/engine.js';
import type { TaskPort, TaskProgress, TaskState } from '../contracts/task-port.js';
import { SearchBulkError } from '../errors/bulk.errors.js';
import {
  SearchAbortedError,
  SearchEngineError,
  SearchEngineUnavailableError,
  SearchNotFoundError,
} from '../errors/engine.errors.js';
import { isUnavailable } from '../support/engine-failure.js';
import { CALL_OPTIONS, checkCall } from '../support/call-options.js';
import { DONE } from './call-tables.js';
import { backoffMs } from '../support/backoff.js';
import { pause } from '../support/pause.js';

export interface DoneOptions extends CallOptions {
  /** Receives the progress while it goes on. */
  readonly onProgress?: (progress: TaskProgress) => void;
  /** Waits at most, in milliseconds; 600,000 when absent. The task goes on. */
  readonly timeoutMs?: number;
}

/** How a task ended. */
export interface TaskResult extends TaskProgress {
  /** It was cancelled: what was changed before stays changed. */
  readonly cancelled: boolean;
}

const POLL = { baseMs: 20, maxMs: 1_000 };

/**
 * A change of all documents that match, under way at the engine. It goes on when nobody waits for it, and when this
 * process ends: `id` finds it again with `search.task(id)`.
 */
export class ByQueryTask {
  constructor(
    readonly id: string,
    private readonly engine: Pick<TaskPort, 'readTask' | 'cancelTask'> & { readonly name: string },
  ) {}

  async state(options?: CallOptions): Promise<TaskState> {
    checkCall('task.state', options, CALL_OPTIONS);
    return this.engine.readTask(this.id, options);
  }

  /** Asks it to end. `done()` then resolves with `cancelled`. */
  async cancel(options?: CallOptions): Promise<void> {
    checkCall('task.cancel', options, CALL_OPTIONS);
    return this.engine.cancelTask(this.id, options);
  }

  /**
   * Waits for the end, also while the engine is away for a moment.
   *
   * @throws SearchBulkError naming the documents that failed, SearchEngineError when the task as a whole did,
   * SearchEngineUnavailableError after `timeoutMs`, SearchAbortedError.
   */
  async done(options: DoneOptions = {}): Promise<TaskResult> {
    checkCall('task.done', options, DONE);
    const { onProgress, timeoutMs = 600_000, signal } = options;
    const until = performance.now() + timeoutMs;
    for (let attempt = 1; ; attempt += 1) {
      const state = await this.poll(signal);
      if (state && 'progress' in state) onProgress?.(state.progress);
      if (state && state.state !== 'running') return this.resultOf(state);
      const leftMs = until - performance.now();
      if (leftMs <= 0)
        throw new SearchEngineUnavailableError(
          this.engine.name,
          'timeout',
          `task ${this.id} has not ended within ${timeoutMs} ms: wait longer with { timeoutMs }, or cancel() it`,
        );
      await pause(Math.min(leftMs, backoffMs(attempt, POLL, 1)), signal);
      if (signal?.aborted) throw new SearchAbortedError(`the wait for task ${this.id}`, { cause: signal.reason });
    }
  }

  private async poll(signal: AbortSignal | undefined): Promise<TaskState | undefined> {
    try {
      return await this.state(signal ? { signal } : {});
    } catch (error) {
      if (isUnavailable(error)) return undefined;
      throw error;
    }
  }

  private resultOf(state: Exclude<TaskState, { state: 'running' }>): TaskResult {
    if (state.state === 'failed' && state.type === 'index_not_found_exception')
      throw new SearchNotFoundError('index', state.reason, 'create it with search.ensureIndices()');
    if (state.state === 'failed') throw new SearchEngineError(this.engine.name, 0, state.type, state.reason);
    const { progress, failures } = state;
    if (failures.length > 0)
      throw new SearchBulkError(
        failures.map((failure) => ({ ...failure, status: 0 })),
        progress.updated + progress.deleted,
      );
    return { ...progress, cancelled: state.state === 'cancelled' };
  }
}
