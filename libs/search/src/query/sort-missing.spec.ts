import { SearchQueryError } from '../errors/query.errors.js';
import type { Direction } from './sort.js';
import { wireMissing } from './sort-missing.js';

type Options = Parameters<typeof wireMissing>[0]['options'];

/** What the engine is sent, as it stands in the request. */
function sent(type: string, options: Options, direction: Direction = 'asc', format?: string): string | undefined {
  const context = {
    typeOf: () => ({ type, runtimeType: '' }) as never,
    formatOf: () => format,
  };
  context.typeOf = () => type as never;
  return JSON.stringify(wireMissing({ field: 'at', direction, options }, context));
}

describe('what documents without a value of a field count as', () => {
  it.each([
    ['integer', {}, undefined],
    ['integer', { missing: '_first' }, '"_first"'],
    ['integer', { missing: '_last' }, '"_last"'],
    ['integer', { missing: 3 }, '3'],
    ['keyword', { missing: 'b' }, '"b"'],
    ['long', { missing: 9_007_199_254_740_993n }, '"9007199254740993"'],
    ['ip', {}, undefined],
    ['ip', { missing: '_first' }, '"_first"'],
  ])('%s, %p', (type, options, expected) => expect(sent(type, options as Options)).toBe(expected));

  it('is no other address', () => {
    expect(() => sent('ip', { missing: '10.0.0.1' })).toThrow(SearchQueryError);
    expect(() => sent('ip', { missing: '10.0.0.1' })).toThrow(
      "`at` is ip: documents without one come '_first' or '_last', and stand for no other address",
    );
  });

  const ms = Date.UTC(1999, 5, 1);
  it.each([
    [{}, undefined],
    [{ missing: '_first' }, '"_first"'],
    [{ missing: '_last' }, '"_last"'],
    [{ missing: new Date(ms) }, String(ms)],
    [{ missing: ms }, String(ms)],
    [{ missing: -5 }, '-5'],
    [{ missing: '1999-06-01' }, String(ms)],
    [{ missing: '1999-06-01T00:00' }, String(ms)],
    [{ missing: '1999-06-01T00:00:00.000' }, String(ms)],
    [{ missing: '1999-06-01T02:00:00+02:00' }, String(ms)],
    [{ missing: '1999-06-01T00:00:00Z' }, String(ms)],
    [{ missing: String(ms) }, String(ms)],
    [{ missing: '-86400000' }, '-86400000'],
    [{ missing: new Date(ms), numericType: 'date_nanos' }, `${ms}000000`],
    [{ missing: '_first', numericType: 'date_nanos' }, '"_first"'],
  ])('a date, %p', (options, expected) => expect(sent('date', options as Options)).toBe(expected));

  it.each([
    ['asc', {}, '9223372036854775807'],
    ['desc', {}, '-9223372036854775808'],
    ['asc', { missing: '_last' }, '9223372036854775807'],
    ['desc', { missing: '_last' }, '-9223372036854775808'],
    ['asc', { missing: '_first' }, '"_first"'],
    ['desc', { missing: new Date(ms) }, String(ms)],
  ] as const)('a date with a format of its own, %s, %p', (direction, options, expected) =>
    expect(sent('date', options, direction, 'yyyy-MM-dd')).toBe(expected),
  );

  it.each(['soon', '12:00', 1.5, Number.NaN, new Date(Number.NaN), '1 2', '6/1/1999', 'June 1999', '1999-06-31T25:00'])(
    'of a date is not %p',
    (missing) => {
      expect(() => sent('date', { missing })).toThrow(
        "`at` needs '_first', '_last', a Date, ISO 8601 or whole milliseconds for those without (got ",
      );
    },
  );

  it.each([Number.NaN, Infinity, {}, null])('of a number is not %p', (missing) => {
    expect(() => sent('integer', { missing } as unknown as Options)).toThrow(SearchQueryError);
  });
});
