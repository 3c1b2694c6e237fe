import fc from 'fast-check';
import { copyOfWhere, isRawSql, rawKeysOf, whereText } from './where-values.js';

const condition = fc.dictionary(
  fc.string(),
  fc.oneof(
    fc.integer(),
    fc.string(),
    fc.constant(null),
    fc.date({ noInvalidDate: true }),
    fc.bigInt(),
    fc.dictionary(fc.string(), fc.array(fc.integer())),
  ),
  { noNullPrototype: true },
);

describe('conditions as values', () => {
  it('are copied, so that nobody writes into what was given', () => {
    fc.assert(
      fc.property(condition, (where) => {
        const copy = copyOfWhere(where);
        expect(copy).toEqual(where);
        expect(copy).not.toBe(where);
      }),
    );
  });

  it('keep values that are objects of their own class', () => {
    const at = new Date(0);
    expect(copyOfWhere({ at: { $gt: at } }).at.$gt).toBe(at);
  });

  it('have one text, whatever the order of their names', () => {
    fc.assert(
      fc.property(condition, (where) => {
        expect(whereText(Object.fromEntries(Object.entries(where).reverse()))).toBe(whereText(where));
      }),
    );
    expect(whereText({ b: [1n, null], a: /x/ })).toBe('{"a":/x/,"b":[1n,null]}');
  });

  it('know raw SQL, as a value and as a key', () => {
    expect([{ sql: 'now()', params: [] }, { toRaw: () => '' }, { sql: 'a' }, 'now()', null].map(isRawSql)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(rawKeysOf({ a: 1, '[raw]: lower(a) (#1)': 2, [Symbol('lower(b)')]: 3 })).toHaveLength(2);
  });
});
