import type { BulkOperation } from '../contracts/engine.js';

/** Room for the line that names index, id and version, besides the id itself. */
const HEAD_BYTES = 160;

/** Operations one by one, or some together where that is how they come: each step of an async iterable costs. */
export type Operations = AsyncIterable<BulkOperation | readonly BulkOperation[]> | Iterable<BulkOperation>;

export function bytesOf(operation: BulkOperation): number {
  return HEAD_BYTES + operation.id.length + ('source' in operation ? Buffer.byteLength(operation.source) : 0);
}

/** Groups operations so that each group has at most `maxBytes`; one that is larger alone makes a group alone. */
export async function* chunksByBytes(
  operations: Operations,
  maxBytes: number,
): AsyncGenerator<readonly BulkOperation[]> {
  let chunk: BulkOperation[] = [];
  let bytes = 0;
  const full = function* (more: Iterable<BulkOperation>): Generator<readonly BulkOperation[]> {
    for (const operation of more) {
      const size = bytesOf(operation);
      if (chunk.length > 0 && bytes + size > maxBytes) {
        yield chunk;
        [chunk, bytes] = [[], 0];
      }
      chunk.push(operation);
      bytes += size;
    }
  };
  if (Symbol.iterator in operations) yield* full(operations);
  else
    for await (const some of operations)
      yield* full(Array.isArray(some) ? (some as readonly BulkOperation[]) : [some as BulkOperation]);
  if (chunk.length > 0) yield chunk;
}
