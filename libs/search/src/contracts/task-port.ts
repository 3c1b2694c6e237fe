import type { EngineScript } from './document-port.js';
import type { CallOptions } from './engine.js';

export interface ByQueryRequest {
  readonly action: 'update' | 'delete';
  readonly index: string;
  /** The value of `query` in a search body. */
  readonly query: Readonly<Record<string, unknown>>;
  /** What becomes of each document; with `update` only, where absent documents are written again as they are. */
  readonly script?: EngineScript;
  /** Documents that another write changed meanwhile: passed over and counted, or the end of the task. */
  readonly conflicts: 'proceed' | 'abort';
  /** Makes the changes visible to searches at the end. */
  readonly refresh: boolean;
  /** Only the shards of this routing. */
  readonly routing?: string;
  /** Which copies are read. */
  readonly preference?: string;
  /** Documents per second at most. */
  readonly documentsPerSecond?: number;
}

export interface TaskProgress {
  readonly total: number;
  readonly updated: number;
  readonly deleted: number;
  readonly conflicts: number;
  readonly unchanged: number;
}

export type TaskState =
  | Readonly<{ state: 'running'; progress: TaskProgress }>
  | Readonly<{ state: 'done'; progress: TaskProgress; failures: readonly TaskFailure[] }>
  | Readonly<{ state: 'cancelled'; progress: TaskProgress; failures: readonly TaskFailure[] }>
  | Readonly<{ state: 'failed'; type: string; reason: string }>;

export interface TaskFailure {
  readonly id: string;
  readonly type: string;
  readonly reason: string;
}

/** Work that goes on at the engine while nobody waits for it. */
export interface TaskPort {
  /** @returns id of the task. */
  startByQuery(request: ByQueryRequest, options?: CallOptions): Promise<string>;
  /** @throws SearchNotFoundError when there is no such task. */
  readTask(id: string, options?: CallOptions): Promise<TaskState>;
  /** Asks the task to end; what it has changed stays. Resolves also when it has ended. */
  cancelTask(id: string, options?: CallOptions): Promise<void>;
}
