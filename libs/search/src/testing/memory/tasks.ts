import type { ByQueryRequest, TaskFailure, TaskProgress, TaskState } from '../../contracts/task-port.js';
import { SearchEngineError, SearchNotFoundError } from '../../errors/engine.errors.js';
import type { MemoryIndices } from './indices.js';
import { unclaimed } from './refusals.js';
import { matchingIn } from './search.js';
import { PRIMARY_TERM, type StoredDocument } from './stored.js';

/** Changes of all documents that match. Each has ended when its call answers. */
export class MemoryTasks {
  private readonly ended = new Map<string, TaskState>();

  constructor(
    private readonly indices: MemoryIndices,
    private readonly now: () => number,
  ) {}

  /** @throws SearchUnclaimedError for scripts and a limit of documents per second */
  start(request: ByQueryRequest): string {
    if (request.script) throw unclaimed('scripts');
    if (request.documentsPerSecond !== undefined) throw unclaimed('`documentsPerSecond`');
    const id = `memory:${this.ended.size + 1}`;
    this.ended.set(id, this.run(request));
    return id;
  }

  read(id: string): TaskState {
    const state = this.ended.get(id);
    if (state) return state;
    throw new SearchNotFoundError('task', id, 'it was of another engine: look at the documents');
  }

  private run({ action, index: name, query, refresh, routing, conflicts }: ByQueryRequest): TaskState {
    let progress: TaskProgress = { total: 0, updated: 0, deleted: 0, conflicts: 0, unchanged: 0 };
    const failures: TaskFailure[] = [];
    try {
      const views = this.indices.open(name).map((index) => ({ index, documents: index.visible() }));
      const found = matchingIn(views, { query }, routing === undefined ? {} : { routing }, this.now());
      progress = { ...progress, total: found.length };
      for (const { stored } of found) {
        const outcome = this.change(action, stored);
        if (outcome === 'conflict' && conflicts === 'abort') {
          failures.push({
            id: stored.id,
            type: 'version_conflict_engine_exception',
            reason: `[${stored.id}]: version conflict`,
          });
          progress = { ...progress, conflicts: progress.conflicts + 1 };
          break;
        }
        const counter = outcome === 'conflict' ? 'conflicts' : (`${action}d` as const);
        progress = { ...progress, [counter]: progress[counter] + 1 };
      }
      if (refresh) for (const { index } of views) index.refresh();
      return { state: 'done', progress, failures };
    } catch (error) {
      if (error instanceof SearchNotFoundError)
        return { state: 'failed', type: 'index_not_found_exception', reason: error.target };
      if (error instanceof SearchEngineError) return { state: 'failed', type: error.type, reason: error.reason };
      throw error;
    }
  }

  /** Not where the document was changed since searches see it. */
  private change(action: ByQueryRequest['action'], stored: StoredDocument): 'changed' | 'conflict' {
    const { id, routing, seqNo, source } = stored;
    const index = this.indices.existing(stored.index)[0]!;
    const place = { index: stored.index, id, routing, ifSeqNo: seqNo, ifPrimaryTerm: PRIMARY_TERM };
    try {
      index.write(action === 'delete' ? { action, ...place } : { action: 'index', source, ...place });
      return 'changed';
    } catch (error) {
      if (error instanceof SearchEngineError && error.status === 409) return 'conflict';
      throw error;
    }
  }
}
