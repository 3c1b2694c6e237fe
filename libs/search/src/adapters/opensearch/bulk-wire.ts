import type { BulkOperation, BulkOutcome, IfUnchanged } from '../../contracts/engine.js';
import { RETRYABLE_STATUSES } from './error-mapping.js';

const NEWLINE = 10;

/** What of a bulk's answer is read: the server leaves out the rest, which is most of it. */
export const BULK_FILTER =
  'errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason';

/** The index that all operations name: it is written once, in the path, instead of in each line. */
export function commonIndex(operations: readonly BulkOperation[]): string | undefined {
  const index = operations[0]?.index;
  return operations.every((operation) => operation.index === index) ? index : undefined;
}

/** The lines of a `_bulk` body, written once into the bytes that are sent. @param common the index that they leave out */
export function bulkBody(operations: readonly BulkOperation[], common?: string): Buffer {
  const lines = new Lines(
    operations.reduce(
      (sum, operation) => sum + HEAD_ROOM + ('source' in operation ? Buffer.byteLength(operation.source) : 0),
      0,
    ),
  );
  for (const operation of operations) {
    lines.add(headOf(operation, common));
    if ('source' in operation) lines.add(operation.source);
  }
  return lines.bytes();
}

/** Bytes of a line that names index and id, in most cases. */
const HEAD_ROOM = 200;

/** Text that is encoded as it comes. */
class Lines {
  private buffer: Buffer;
  private end = 0;

  constructor(room: number) {
    this.buffer = Buffer.allocUnsafe(room);
  }

  add(line: string): void {
    // A UTF-16 unit has 3 bytes at most.
    const needed = this.end + 3 * line.length + 1;
    if (needed > this.buffer.length && this.end + Buffer.byteLength(line) + 1 > this.buffer.length) this.grow(needed);
    this.end += this.buffer.write(line, this.end);
    this.buffer[this.end++] = NEWLINE;
  }

  bytes(): Buffer {
    return this.buffer.subarray(0, this.end);
  }

  private grow(room: number): void {
    const larger = Buffer.allocUnsafe(2 * room);
    this.buffer.copy(larger, 0, 0, this.end);
    this.buffer = larger;
  }
}

function headOf(operation: BulkOperation, common: string | undefined): string {
  const { action, index, id, routing } = operation;
  const named = index === common ? '' : `"_index":${JSON.stringify(index)},`;
  const route = routing === undefined ? '' : `,"routing":${JSON.stringify(routing)}`;
  return `{"${action}":{${named}"_id":${JSON.stringify(id)}${route}${conditionOf(operation)}}}`;
}

function conditionOf(operation: BulkOperation): string {
  if ('version' in operation && operation.version !== undefined)
    return `,"version":${operation.version},"version_type":"external"`;
  const { ifSeqNo, ifPrimaryTerm, retryOnConflict } = operation as Partial<IfUnchanged & { retryOnConflict: number }>;
  const unchanged = ifSeqNo === undefined ? '' : `,"if_seq_no":${ifSeqNo},"if_primary_term":${ifPrimaryTerm}`;
  return unchanged + (retryOnConflict === undefined ? '' : `,"retry_on_conflict":${retryOnConflict}`);
}

type BulkFailed = Extract<BulkOutcome, { outcome: 'failed' }>;

interface BulkItem {
  readonly status: number;
  readonly error?: {
    readonly type: string;
    readonly reason: string;
    readonly caused_by?: { readonly reason?: string };
  };
}

export interface BulkResponse {
  readonly items: readonly Readonly<Record<string, BulkItem>>[];
}

export function bulkOutcomes(
  operations: readonly BulkOperation[],
  { items = [] }: Partial<BulkResponse>,
): BulkOutcome[] {
  return operations.map((operation, at) => outcomeOf(operation, items[at]?.[operation.action]));
}

const UNANSWERED = { status: 0, type: 'no_answer', reason: 'the answer has no item for it', retryable: true };

function outcomeOf(operation: BulkOperation, item: BulkItem | undefined): BulkOutcome {
  const { id, action } = operation;
  if (!item) return { id, outcome: 'failed', ...UNANSWERED };
  const { status, error } = item;
  if (status === 409 && 'version' in operation && operation.version !== undefined) return { id, outcome: 'superseded' };
  if (action === 'delete' && status === 404 && !error) return { id, outcome: 'absent' };
  if (!error && status < 300) return { id, outcome: action === 'delete' ? 'deleted' : 'written' };
  return { id, outcome: 'failed', ...failureIn(item) };
}

function failureIn({ status, error }: BulkItem): Pick<BulkFailed, 'status' | 'type' | 'reason' | 'retryable'> {
  const reason = [error?.reason, error?.caused_by?.reason].filter(Boolean).join(': ') || `status ${status}`;
  const retryable = RETRYABLE_STATUSES.has(status) || error?.type === 'cluster_block_exception';
  return { status, type: error?.type ?? 'unknown', reason, retryable };
}
