import { toJsonValue, UnfitValue } from './json-value.js';

describe('the JSON form of a value', () => {
  it.each([
    ['a Date as ISO 8601 in UTC', new Date(Date.UTC(2020, 0, 2, 3, 4, 5, 6)), '2020-01-02T03:04:05.006Z'],
    ['a bigint as its digits, none lost', 9007199254740993n, '9007199254740993'],
    ['bytes as base64', Buffer.from('rook'), 'cm9vaw=='],
    ['a view on bytes as its own part', new Uint8Array([9, 1, 2, 9]).subarray(1, 3), 'AQI='],
    ['a Decimal as it says', { toJSON: () => '1.10' }, '1.10'],
    ['a lazy scalar as its value', { unwrap: () => 'later' }, 'later'],
    ['a set as a list', new Set([1, 2]), [1, 2]],
    [
      'a map by its keys',
      new Map<unknown, unknown>([
        ['a', 1n],
        [2, new Map([['b', new Date(0)]])],
      ]),
      { a: '1', 2: { b: '1970-01-01T00:00:00.000Z' } },
    ],
    [
      'what toJSON gives, in its own form',
      { toJSON: () => ({ cents: 1n, at: new Date(0) }) },
      { cents: '1', at: '1970-01-01T00:00:00.000Z' },
    ],
    ['other typed arrays as lists', new Float32Array([0.5, 1]), [0.5, 1]],
    ['one object twice', ((shared) => [shared, shared])({ a: 1 }), [{ a: 1 }, { a: 1 }]],
    ['null as null', null, null],
    ['null for what is undefined in a list', [1, undefined], [1, null]],
    [
      'an object without what is undefined',
      { a: 1, b: undefined, c: { d: new Date(0) } },
      { a: 1, c: { d: '1970-01-01T00:00:00.000Z' } },
    ],
  ])('writes %s', (_name, value, expected) => {
    expect(toJsonValue(value)).toEqual(expected);
  });

  it.each([
    [NaN],
    [Infinity],
    [Promise.resolve(1)],
    [new WeakMap()],
    [new Map([[{}, 1]])],
    [{ toJSON: () => NaN }],
    [new Date(NaN)],
    [() => 1],
    [Symbol('s')],
    [[NaN]],
    [{ deep: { deeper: -Infinity } }],
  ])('refuses %p', (value) => {
    expect(() => toJsonValue(value)).toThrow(UnfitValue);
  });
});
