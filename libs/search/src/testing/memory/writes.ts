import type { BulkOperation, BulkOutcome } from '../../contracts/engine.js';
import { SearchEngineError, SearchUnclaimedError } from '../../errors/engine.errors.js';
import type { MemoryIndices } from './indices.js';

/** Each operation by itself: one that is refused has that in its outcome. @throws SearchUnclaimedError before anything is written */
export function writeAll(indices: MemoryIndices, operations: readonly BulkOperation[]): BulkOutcome[] {
  return operations.map((operation) => {
    try {
      const outcome = indices.written(operation.index).write(operation);
      return { id: operation.id, outcome: outcome === 'unchanged' ? 'written' : outcome };
    } catch (error) {
      if (!(error instanceof SearchEngineError)) throw error;
      return failed(operation.id, error);
    }
  });
}

/** The part of a bulk that is not carried out, where there is one. */
export function unclaimedIn(operations: readonly BulkOperation[]): string | undefined {
  return operations.some((one) => one.action === 'update' && 'script' in (JSON.parse(one.source) as object))
    ? 'scripts'
    : undefined;
}

function failed(id: string, error: SearchEngineError): BulkOutcome {
  const { status, type, reason } = error;
  const retryable = type === 'cluster_block_exception' && !(error instanceof SearchUnclaimedError);
  return { id, outcome: 'failed', status, type, reason, retryable };
}
