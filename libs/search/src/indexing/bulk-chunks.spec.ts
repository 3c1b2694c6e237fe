import fc from 'fast-check';
import type { BulkOperation } from '../contracts/engine.js';
import { bytesOf, chunksByBytes } from './bulk-chunks.js';

async function chunked(operations: readonly BulkOperation[], maxBytes: number): Promise<(readonly BulkOperation[])[]> {
  const chunks = [];
  for await (const chunk of chunksByBytes(operations, maxBytes)) chunks.push(chunk);
  return chunks;
}

describe('chunks of a bulk', () => {
  const operation = fc
    .record({ id: fc.string(), source: fc.string({ maxLength: 500 }) })
    .map(({ id, source }): BulkOperation => ({ action: 'index', index: 'i', id, source, version: 1 }));

  it('keep every operation in order, are never empty, and stay below the limit unless one alone is larger', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation), fc.integer({ min: 1, max: 2000 }), async (operations, maxBytes) => {
        const chunks = await chunked(operations, maxBytes);
        expect(chunks.flat()).toEqual(operations);
        for (const chunk of chunks) {
          expect(chunk.length).toBeGreaterThan(0);
          const bytes = chunk.reduce((sum, one) => sum + bytesOf(one), 0);
          expect(chunk.length === 1 || bytes <= maxBytes).toBe(true);
        }
      }),
    );
  });

  it('count bytes, not letters', () => {
    const bytes = (source: string): number => bytesOf({ action: 'index', index: 'i', id: '1', source, version: 1 });
    expect(bytes('ü') - bytes('u')).toBe(1);
  });
});
