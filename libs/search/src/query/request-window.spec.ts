import fc from 'fast-check';
import { SearchQueryError } from '../errors/query.errors.js';
import { compilePointInTime, compileWindow, sortValue, wireKeepAlive } from './request-window.js';
import { EMPTY_REQUEST, type PageWindow } from './request.js';
import type { SortNode } from './sort.js';

const window = (page: PageWindow, more: object = {}) => compileWindow({ ...EMPTY_REQUEST, page, ...more });
const byId: SortNode = { by: 'field', field: 'id', direction: 'asc', options: {} };

describe('a window', () => {
  it('is the same by page and by its first hit, and ends at hit 10,000', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 200 }), (number, size) => {
        const from = (number - 1) * size;
        const ask = [() => window({ number, size }), () => window({ from, size })];
        for (const each of ask) {
          if (from + size <= 10_000) expect(each()).toEqual({ from, size });
          else expect(each).toThrow(`at hit ${from + size}, and pages end at hit 10000`);
        }
      }),
    );
    expect(window({ from: 9_999, size: 1 })).toEqual({ from: 9_999, size: 1 });
    expect(() => window({ from: 10_000, size: 1 })).toThrow('1 hits from 10000 on end at hit 10001');
    expect(() => window({ number: 2, size: 9_000 })).toThrow('page 2 of 9000 ends at hit 18000');
  });

  it('goes on after a hit from its first page alone, with a value for each sort', () => {
    expect(window({ number: 1, size: 5 }, { searchAfter: [7], sort: [byId] })).toEqual({
      from: 0,
      size: 5,
      search_after: [7],
    });
    expect(() => window({ number: 2, size: 5 }, { searchAfter: [7], sort: [byId] })).toThrow('(got from 5)');
    expect(() => window({ number: 1, size: 5 }, { searchAfter: [7], sort: [] })).toThrow('(got 1 values for 0 sorts)');
    expect(() => window({ number: 1, size: 5 }, { searchAfter: [], sort: [] })).toThrow('(got 0 values for 0 sorts)');
  });
});

describe('a sort value that goes back', () => {
  it('keeps each whole number of 64 bits digit by digit, as a number', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (number) => {
        expect(JSON.stringify(sortValue(number))).toBe(String(number));
        if (number > 10n ** 15n || number < -(10n ** 15n))
          expect(JSON.stringify(sortValue(String(number)))).toBe(String(number));
      }),
    );
  });

  it.each<[unknown, unknown]>([
    [null, null],
    ['9223372036854775808', '9223372036854775808'],
    ['-9223372036854775809', '-9223372036854775809'],
    [2n ** 63n, '9223372036854775808'],
    ['123456789012345', '123456789012345'],
    ['0123456789012345', '0123456789012345'],
    ['x1234567890123456', 'x1234567890123456'],
    ['12345678901234567890', '12345678901234567890'],
    [new Date(5), 5],
    [1.5, 1.5],
    ['a', 'a'],
    [true, true],
  ])('%p goes back as %p', (value, expected) => expect(sortValue(value)).toBe(expected));

  it.each([undefined, NaN, {}, new Date(NaN)])('refuses %p', (value) => {
    expect(() => sortValue(value)).toThrow(SearchQueryError);
  });
});

describe('a point in time', () => {
  it.each<[string | number, string]>([
    ['1m', '1m'],
    ['30s', '30s'],
    ['250ms', '250ms'],
    [1500, '1500ms'],
    ['1.5s', '1500ms'],
    [0.5e3, '500ms'],
    [1, '1ms'],
    [1.2, '2ms'],
    ['1w', '604800000ms'],
  ])('lives on for %p', (keepAlive, wire) => {
    expect(wireKeepAlive(keepAlive as '1m')).toBe(wire);
    expect(compilePointInTime({ id: 'p', keepAlive: keepAlive as '1m' })).toEqual({ id: 'p', keep_alive: wire });
  });

  it.each(['soon', 0, -1, 'x1m', '1mx', {}, null])('lives on for no %p', (keepAlive) => {
    expect(() => wireKeepAlive(keepAlive as never)).toThrow("keepAlive must be a time such as '1m'");
  });

  it('is named by its id', () => {
    expect(compilePointInTime({ id: 'p' } as never)).toEqual({ id: 'p' });
    for (const id of ['', undefined, 5]) expect(() => compilePointInTime({ id } as never)).toThrow('openPointInTime()');
  });
});
