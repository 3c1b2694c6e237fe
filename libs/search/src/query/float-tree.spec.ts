import { floatTree, withFloats } from './float-tree.js';

describe('fractions of a document', () => {
  const tree = floatTree({
    n: { type: 'long' },
    d: { type: 'double' },
    o: { type: 'object', properties: { f: { type: 'float' }, w: { type: 'keyword' } } },
  });

  it('are numbers also where their digits came as text, and nothing else is', () => {
    const digits = '100000000000000000000';
    expect(withFloats({ n: digits, d: digits, o: [{ f: [digits, 1], w: digits }] }, tree)).toEqual({
      n: digits,
      d: 1e20,
      o: [{ f: [1e20, 1], w: digits }],
    });
  });

  it('leave a document as it is where nothing changes', () => {
    for (const document of [{ n: '1', d: 1.5, o: [{ f: [2] }] }, { d: null }, {}, null, 'text'])
      expect(withFloats(document, tree)).toBe(document);
  });
});
