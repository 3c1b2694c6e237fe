import { jsonLoss } from './json-loss.js';

const lossOf = (value: unknown): string | undefined => jsonLoss(value, JSON.stringify(value));

class Address {
  constructor(readonly city: string) {}
}

class Money {
  constructor(private readonly cents: Map<string, number>) {}
  toJSON(): object {
    return Object.fromEntries(this.cents);
  }
}

describe('what JSON empties', () => {
  it.each<[unknown, string]>([
    [new Map([['a', 1]]), 'Map'],
    [new Set([1]), 'Set'],
    [new WeakMap(), 'WeakMap'],
    [/a/, 'RegExp'],
    [Promise.resolve(1), 'Promise'],
    [new Error('no'), 'Error'],
    [Object.assign(new Error('no'), { status: 404 }), 'Error'],
    [new TypeError('no'), 'Error'],
    [new Uint8Array([1, 2]), 'Uint8Array'],
    [new Float64Array([1.5]), 'Float64Array'],
    [new ArrayBuffer(2), 'ArrayBuffer'],
    [{ a: new Map() }, 'Map at .a'],
    [{ a: { b: new Set() } }, 'Set at .a.b'],
    [[1, /a/], 'RegExp at [1]'],
    [{ rows: [{}, { at: new Uint8Array([1]) }] }, 'Uint8Array at .rows[1].at'],
    [[[new Map()]], 'Map at [0][0]'],
    [{ first: {}, second: new Set(), third: new Map() }, 'Set at .second'],
    [{ address: new Address('Washington'), seen: new Set() }, 'Set at .seen'],
  ])('is %p: %s', (value, loss) => expect(lossOf(value)).toBe(loss));

  it.each([
    [null],
    [1],
    ['{}'],
    [true],
    [{}],
    [[]],
    [{ a: {}, b: [], c: null, d: undefined, e: 'text', f: [null, 1] }],
    [new Date(0)],
    [{ at: new Date(0), empty: {} }],
    [new Money(new Map())],
    [{ price: new Money(new Map()), empty: {} }],
    [new Address('Washington')],
    [{ address: new Address('Washington'), empty: {} }],
    [Buffer.from('bytes')],
    [Object.assign(Object.create(null) as object, { a: {} })],
    [new Number(1)],
    [{ count: new Number(1), on: new Boolean(true), text: new String('a'), empty: {} }],
  ])('is nothing of %p', (value) => expect(lossOf(value)).toBeUndefined());

  it('is nothing of a text, whatever it says', () => expect(jsonLoss('{}', '"{}"')).toBeUndefined());

  it('is looked for where the text has a trace of it alone', () => {
    const seen: string[] = [];
    const watched = new Proxy({ a: 1 }, { ownKeys: (target) => (seen.push('keys'), Reflect.ownKeys(target)) });
    expect(jsonLoss(watched, '{"a":1}')).toBeUndefined();
    expect(seen).toEqual([]);
    expect(jsonLoss(watched, '{"a":{}}')).toBeUndefined();
    expect(seen).toEqual(['keys']);
    expect(jsonLoss(watched, '{"a":{"0":1}}')).toBeUndefined();
    expect(seen).toEqual(['keys', 'keys']);
  });
});
