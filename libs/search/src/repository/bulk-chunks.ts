import type { BulkOperation } from '../contracts/engine.js';

/** Room for the line that names index, id and version. */
const HEAD_BYTES = 160;

export function bytesOf(operation: BulkOperation): number {
  return HEAD_BYTES + (operation.action === 'index' ? Buffer.byteLength(operation.source) : 0);
}

/** Groups operations so that each group has at most `maxBytes`; one that is larger alone makes a group alone. */
export async function* chunksByBytes(
  operations: AsyncIterable<BulkOperation> | Iterable<BulkOperation>,
  maxBytes: number,
): AsyncGenerator<readonly BulkOperation[]> {
  let chunk: BulkOperation[] = [];
  let bytes = 0;
  for await (const operation of operations) {
    const size = bytesOf(operation);
    if (chunk.length > 0 && bytes + size > maxBytes) {
      yield chunk;
      [chunk, bytes] = [[], 0];
    }
    chunk.push(operation);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}
