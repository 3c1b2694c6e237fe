import { runInNewContext } from 'node:vm';
import { SearchQueryError } from '../errors/query.errors.js';
import { frozenCopy } from './freeze.js';

class Money {
  constructor(readonly cents: number) {}
}

describe('a frozen copy', () => {
  it('is equal to what the caller wrote, frozen to the bottom, and follows no later change', () => {
    const written = { terms: ['a', { b: [1, null] }], of: { deep: { er: true } } };
    const copy = frozenCopy(written);
    written.terms.push('late');
    written.of.deep.er = false;
    expect(copy).toEqual({ terms: ['a', { b: [1, null] }], of: { deep: { er: true } } });
    for (const part of [copy, copy.terms, copy.terms[1], copy.of, copy.of.deep])
      expect(Object.isFrozen(part)).toBe(true);
  });

  it('leaves the parts of the caller as open as they were', () => {
    const written = { list: [{ n: 1 }] };
    frozenCopy(written);
    for (const part of [written, written.list, written.list[0]]) expect(Object.isFrozen(part)).toBe(false);
  });

  it.each([['a text'], [7], [null], [undefined], [true]])('of %p is that', (value) => {
    expect(frozenCopy(value)).toBe(value);
  });

  it('shares what is frozen already, dates, and what has a class of its own', () => {
    const [done, at, price] = [Object.freeze({ open: { still: true } }), new Date(0), new Money(5)];
    const copy = frozenCopy({ done, at, price });
    expect([copy.done === done, copy.at === at, copy.price === price]).toEqual([true, true, true]);
    expect(Object.isFrozen(price)).toBe(false);
  });

  it('is a plain object where the whole has a class, of what that object has', () => {
    const copy = frozenCopy(new Money(5));
    expect([{ ...copy }, Object.isFrozen(copy), copy instanceof Money]).toEqual([{ cents: 5 }, true, false]);
  });

  it('copies objects without a prototype, and those of another realm', () => {
    const bare = Object.assign(Object.create(null) as object, { n: 1 });
    const foreign = runInNewContext('({ n: [1] })') as { n: number[] };
    const copy = frozenCopy({ bare, foreign });
    expect([copy.bare === bare, copy.foreign === foreign]).toEqual([false, false]);
    expect([Object.isFrozen(copy.bare), Object.isFrozen(copy.foreign.n)]).toEqual([true, true]);
  });

  it('keeps a property named __proto__ as a property', () => {
    const copy = frozenCopy(JSON.parse('{ "__proto__": { "n": 1 } }') as object);
    expect(Object.getOwnPropertyNames(copy)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  });

  const nested = (levels: number): unknown => {
    let node: unknown = 'bottom';
    for (let level = 0; level < levels; level += 1) node = level % 2 ? { node } : [node];
    return node;
  };

  it('has at most 500 levels below the first', () => {
    expect(() => frozenCopy(nested(501))).not.toThrow();
    expect(() => frozenCopy(nested(502))).toThrow(SearchQueryError);
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(() => frozenCopy(circle)).toThrow('objects stand 500 deep in one another at most: does one hold itself?');
  });
});
