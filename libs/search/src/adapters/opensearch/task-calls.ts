import type { TaskFailure, TaskPort, TaskProgress, TaskState } from '../../contracts/task-port.js';
import { SearchEngineError, SearchNotFoundError } from '../../errors/engine.errors.js';
import { having } from './answer-shape.js';
import type { Send } from './send.js';

interface WireStatus {
  readonly total: number;
  readonly updated?: number;
  readonly deleted?: number;
  readonly version_conflicts: number;
  readonly noops: number;
  readonly canceled?: string;
}

interface WireTask {
  readonly completed: boolean;
  readonly task: { readonly status?: WireStatus; readonly cancelled?: boolean };
  readonly error?: WireError;
  readonly response?: WireStatus & { readonly failures?: readonly WireFailure[] };
}

interface WireError {
  readonly type: string;
  readonly reason: string;
  readonly caused_by?: WireError;
  readonly failed_shards?: readonly { readonly reason: WireError }[];
}

interface WireFailure {
  readonly id?: string;
  readonly cause?: { readonly type: string; readonly reason: string };
  readonly reason?: { readonly type: string; readonly reason: string };
}

const NONE: WireStatus = { total: 0, version_conflicts: 0, noops: 0 };

export function taskCalls(send: Send): TaskPort {
  return {
    async startByQuery(
      { action, index, query, script, conflicts, refresh, routing, preference, documentsPerSecond },
      options,
    ) {
      const parameters = {
        wait_for_completion: false,
        conflicts,
        refresh,
        ...(routing === undefined ? {} : { routing }),
        ...(preference === undefined ? {} : { preference }),
        ...(documentsPerSecond === undefined ? {} : { requests_per_second: documentsPerSecond }),
      };
      const body = { query, ...(script ? { script } : {}) };
      return (
        await send<{ task: string }>(
          {
            method: 'POST',
            path: [index, `_${action}_by_query`],
            query: parameters,
            body,
            answer: having({ task: 'string' }),
          },
          options,
        )
      ).task;
    },

    async readTask(id, options) {
      try {
        return stateOf(await send<WireTask>({ method: 'GET', path: ['_tasks', id], answer: TASK }, options));
      } catch (error) {
        if (isUnknownTask(error))
          throw new SearchNotFoundError('task', id, 'it ended long ago, or its node is gone: look at the documents', {
            cause: error,
          });
        throw error;
      }
    },

    async cancelTask(id, options) {
      const answer = having({ nodes: 'object' });
      await send({ method: 'POST', path: ['_tasks', id, '_cancel'], answer }, options).catch((error: unknown) => {
        if (!isUnknownTask(error)) throw error;
      });
    },
  };
}

const TASK = having({ completed: 'boolean', task: 'object' });

function isUnknownTask(error: unknown): boolean {
  return error instanceof SearchEngineError && error.type === 'resource_not_found_exception';
}

function stateOf({ completed, task, error, response }: WireTask): TaskState {
  // A task that is cancelled while it still searches ends with the error of that search, and may not yet be marked as cancelled.
  if (error && (task.cancelled || isCancellation(error)))
    return { state: 'cancelled', progress: progressOf(task.status ?? NONE), failures: [] };
  if (error) return { state: 'failed', type: error.type, reason: error.reason };
  if (!completed) return { state: 'running', progress: progressOf(task.status ?? NONE) };
  const status = response ?? task.status ?? NONE;
  return {
    state: status.canceled === undefined ? 'done' : 'cancelled',
    progress: progressOf(status),
    failures: (response?.failures ?? []).map(failureOf),
  };
}

function isCancellation({ type, caused_by: cause, failed_shards: shards = [] }: WireError): boolean {
  return (
    type === 'task_cancelled_exception' ||
    (cause !== undefined && isCancellation(cause)) ||
    shards.some(({ reason }) => isCancellation(reason))
  );
}

function progressOf({
  total,
  updated = 0,
  deleted = 0,
  version_conflicts: conflicts,
  noops: unchanged,
}: WireStatus): TaskProgress {
  return { total, updated, deleted, conflicts, unchanged };
}

function failureOf({ id = '', cause, reason = cause }: WireFailure): TaskFailure {
  return { id, type: reason?.type ?? 'unknown', reason: reason?.reason ?? '' };
}
