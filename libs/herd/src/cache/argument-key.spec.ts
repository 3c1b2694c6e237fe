import fc from 'fast-check';

import { argumentKey } from './argument-key.js';

const keyOf = (...args: unknown[]): string => argumentKey(args, 'Users.find');
class Point {
  constructor(readonly x: number) {}
}
const circle: Record<string, unknown> = {};
circle.self = [circle];
// eslint-disable-next-line no-sparse-arrays -- a hole is no undefined
const holes = [1, , 3];

/** Each differs from all others. */
const different: readonly (readonly unknown[])[] = [
  [],
  [undefined],
  [undefined, undefined],
  [null],
  [0],
  [-0],
  [NaN],
  [Infinity],
  [1],
  [1n],
  ['1'],
  ['1n'],
  [''],
  ['a', 'b'],
  ['a,"b'],
  [['a', 'b']],
  [[1, 2]],
  [[1], [2]],
  [[1, undefined, 3]],
  [holes],
  [{}],
  [Object.create(null)],
  [{ a: undefined }],
  [{ a: 1 }],
  [{ a: 1, b: 2 }],
  ['{"a":1}'],
  [new Set([1, 2])],
  [new Set([2, 1])],
  [new Set()],
  [new Map()],
  [new Map([[1, 2]])],
  [new Map([['1', 2]])],
  [new Date(0)],
  [new Date(1)],
  [new Date(NaN)],
  [new Date(0).toISOString()],
  [/a/],
  [/a/g],
  ['/a/'],
  [new Uint8Array([1, 2])],
  [new Uint16Array([0x0201])],
  [Buffer.from([1, 2])],
  [new Uint8Array([1, 2]).buffer],
  [new DataView(new Uint8Array([1, 2]).buffer)],
  [new Uint8Array([1, 2, 3])],
  [new BigInt64Array([1n])],
  [new URL('http://a/')],
  [new URLSearchParams('a=1')],
  ['http://a/'],
  ['\ud800'],
  ['\ud801'],
  ['hole'],
  [true],
  ['true'],
];

describe('the key of arguments', () => {
  it('is another for each', () => {
    const keys = different.map((args) => keyOf(...args));
    expect(new Set(keys).size).toBe(different.length);
  });

  it('is the same for the same, whatever the order of members', () => {
    expect(keyOf({ a: 1, b: [new Date(5)] })).toBe(keyOf({ b: [new Date(5)], a: 1 }));
    expect(keyOf(new Uint8Array([1, 2, 3]).subarray(1))).toBe(keyOf(new Uint8Array([2, 3])));
  });

  it('distinguishes whatever Object.is and deep equality do', () => {
    const any = fc.array(
      fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withSet: true,
        withTypedArray: true,
        withNullPrototype: true,
      }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(any, any, (a, b) => {
        let equal = true;
        try {
          expect(a).toStrictEqual(b);
        } catch {
          equal = false;
        }
        // Sets and maps in another order are equal to Jest, and differ here: they may be read in order.
        if (keyOf(...a) === keyOf(...b)) expect(equal).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it.each<[string, unknown, string]>([
    ['a function', () => 1, 'argument 1 of Users.find is a function'],
    ['a symbol', Symbol('s'), 'is a symbol'],
    ['an instance', new Point(1), 'is an instance of a class'],
    ['an instance within', { where: [new Point(1)] }, 'argument 1.where[0] of Users.find is an instance of a class'],
    ['an error', new Error('e'), 'is an instance of a class'],
    ['a promise', Promise.resolve(1), 'is an instance of a class'],
    ['a boxed text', Object('text'), 'is an instance of a class'],
    ['a subclass', new (class extends Map {})(), 'is an instance of a class'],
    ['a circle', circle, 'argument 1.self[0] of Users.find is a circle'],
    ['a symbol for a name', { [Symbol('s')]: 1 }, 'is an object with hidden members'],
    ['a hidden member', Object.defineProperty({}, 'x', { value: 1 }), 'is an object with hidden members'],
    ['an array with a name', Object.assign([1], { x: 1 }), 'is an array with members of its own'],
    ['a date with a name', Object.assign(new Date(), { x: 1 }), 'is a Date with members of its own'],
  ])('refuses %s, and names it', (_kind, value, message) => {
    expect(() => keyOf(value)).toThrow(message);
    expect(() => keyOf(value)).toThrow('give @Cached a key');
  });
});
