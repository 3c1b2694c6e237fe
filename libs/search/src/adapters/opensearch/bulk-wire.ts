import type { BulkOperation, BulkOutcome } from '../../contracts/engine.js';
import { RETRYABLE_STATUSES } from './error-mapping.js';

/** The lines of a `_bulk` body. */
export function bulkLines(operations: readonly BulkOperation[]): string {
  return operations.map((operation) => `${lineOf(operation)}\n`).join('');
}

function lineOf(operation: BulkOperation): string {
  const { action, index, id, version, routing } = operation;
  const head = JSON.stringify({ [action]: { _index: index, _id: id, routing, version, version_type: 'external' } });
  return operation.action === 'index' ? `${head}\n${operation.source}` : head;
}

interface BulkItem {
  readonly status: number;
  readonly error?: { readonly type: string; readonly reason: string; readonly caused_by?: { readonly reason?: string } };
}

export interface BulkResponse {
  readonly items: readonly Readonly<Record<string, BulkItem>>[];
}

export function bulkOutcomes(operations: readonly BulkOperation[], response: BulkResponse): BulkOutcome[] {
  return operations.map((operation, at) => outcomeOf(operation, Object.values(response.items[at] ?? {})[0]));
}

function outcomeOf({ id, action }: BulkOperation, item: BulkItem | undefined): BulkOutcome {
  if (!item) return { id, outcome: 'failed', status: 0, type: 'no_answer', reason: 'the answer has no item for it', retryable: true };
  const { status, error } = item;
  if (status === 409) return { id, outcome: 'superseded' };
  if (action === 'delete' && status === 404 && !error) return { id, outcome: 'absent' };
  if (!error && status < 300) return { id, outcome: action === 'index' ? 'written' : 'deleted' };
  const reason = [error?.reason, error?.caused_by?.reason].filter(Boolean).join(': ') || `status ${status}`;
  return { id, outcome: 'failed', status, type: error?.type ?? 'unknown', reason, retryable: RETRYABLE_STATUSES.has(status) || error?.type === 'cluster_block_exception' };
}
