import fc from 'fast-check';
import type { BulkOperation, VersionedOperation } from '../../contracts/engine.js';
import { bulkBody, bulkOutcomes, commonIndex } from './bulk-wire.js';

describe('the lines of a bulk', () => {
  const text = fc.string({ unit: 'binary', maxLength: 300 });
  const operation = fc.oneof(
    fc.record({
      action: fc.constant('index' as const),
      index: text,
      id: text,
      version: fc.nat(),
      source: text.map((value) => JSON.stringify({ value })),
      routing: fc.option(text, { nil: undefined }),
    }),
    fc.record({ action: fc.constant('delete' as const), index: text, id: text, version: fc.nat() }),
  );

  it('are the same as when each is made of JSON alone, whatever ids and documents hold', () => {
    fc.assert(
      fc.property(fc.array(operation), (operations: VersionedOperation[]) => {
        const lines = operations.flatMap(({ action, index, id, version, routing, ...rest }) => {
          const head = JSON.stringify({
            [action]: { _index: index, _id: id, routing, version, version_type: 'external' },
          });
          return 'source' in rest ? [head, rest.source] : [head];
        });
        expect(bulkBody(operations).toString()).toBe(lines.map((line) => `${line}\n`).join(''));
      }),
    );
  });

  it('leave out the index that all of them name', () => {
    const [first, second]: BulkOperation[] = [
      { action: 'index', index: 'i', id: 'a', version: 1, source: '{}' },
      { action: 'delete', index: 'i', id: 'b', version: 2 },
    ];
    expect(commonIndex([first!, second!])).toBe('i');
    expect(commonIndex([first!, { ...second!, index: 'j' }])).toBeUndefined();
    expect(bulkBody([first!, second!], 'i').toString()).toBe(
      '{"index":{"_id":"a","version":1,"version_type":"external"}}\n{}\n{"delete":{"_id":"b","version":2,"version_type":"external"}}\n',
    );
  });

  it('name what an operation depends on', () => {
    const at = { index: 'i', id: 'a' };
    const heads = bulkBody(
      [
        { action: 'create', ...at, source: '{}' },
        { action: 'update', ...at, source: '{}', retryOnConflict: 3 },
        { action: 'index', ...at, source: '{}', ifSeqNo: 4, ifPrimaryTerm: 1 },
        { action: 'delete', ...at, routing: 'r', ifSeqNo: 4, ifPrimaryTerm: 1 },
      ],
      'i',
    );
    expect(heads.toString().split('\n')).toEqual([
      '{"create":{"_id":"a"}}',
      '{}',
      '{"update":{"_id":"a","retry_on_conflict":3}}',
      '{}',
      '{"index":{"_id":"a","if_seq_no":4,"if_primary_term":1}}',
      '{}',
      '{"delete":{"_id":"a","routing":"r","if_seq_no":4,"if_primary_term":1}}',
      '',
    ]);
  });

  it('that the answer has no item for can be sent again', () => {
    expect(bulkOutcomes([{ action: 'delete', index: 'i', id: 'a', version: 1 }], {})).toMatchObject([
      { id: 'a', outcome: 'failed', retryable: true },
    ]);
  });
});
