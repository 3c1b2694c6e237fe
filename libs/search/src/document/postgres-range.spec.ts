import fc from 'fast-check';
import { UnfitValue } from './json-value.js';
import { isRangeColumn, rangesOf } from './postgres-range.js';

describe('a range of PostgreSQL', () => {
  it.each([
    ['[1,5)', { gte: '1', lt: '5' }],
    ['(,5]', { lte: '5' }],
    ['(,)', {}],
    ['empty', null],
    [
      '["2020-01-01 00:00:00+00","2020-02-01 12:00:00+02")',
      { gte: '2020-01-01T00:00:00.000Z', lt: '2020-02-01T10:00:00.000Z' },
    ],
    ['[2020-01-01,infinity)', { gte: '2020-01-01' }],
    ['[-infinity,2020-01-01)', { lt: '2020-01-01' }],
    ['{}', []],
    [
      '{[1,3),[7,9)}',
      [
        { gte: '1', lt: '3' },
        { gte: '7', lt: '9' },
      ],
    ],
  ])('%s', (text, range) => {
    expect(rangesOf(text)).toEqual(range);
  });

  it('keeps its bounds, whatever they are', () => {
    const bound = fc.option(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }), { nil: undefined });
    fc.assert(
      fc.property(bound, bound, fc.constantFrom('[', '('), fc.constantFrom(']', ')'), (lower, upper, open, close) => {
        const expected = {
          ...(lower === undefined ? {} : { [open === '[' ? 'gte' : 'gt']: String(lower) }),
          ...(upper === undefined ? {} : { [close === ']' ? 'lte' : 'lt']: String(upper) }),
        };
        expect(rangesOf(`${open}${lower ?? ''},${upper ?? ''}${close}`)).toEqual(expected);
      }),
    );
  });

  it('is left as it is where it is an object already', () => {
    expect(rangesOf({ gte: 1 })).toEqual({ gte: 1 });
  });

  it.each(['', '1,5', '[1;5)', '{[1,3)[7,9)}', '[1,5) and more'])('refuses %p', (text) => {
    expect(() => rangesOf(text)).toThrow(UnfitValue);
  });

  it.each([
    ['int4range', true],
    ['tstzmultirange', true],
    ['int4range[]', false],
    ['text', false],
  ])('%s is one: %p', (columnType, is) => {
    expect(isRangeColumn(columnType)).toBe(is);
  });
});
