import fc from 'fast-check';
import { keyPages } from './key-pages.js';

const gathered = async (source: AsyncIterable<unknown> | Iterable<unknown>, size: number): Promise<unknown[][]> => {
  const pages: unknown[][] = [];
  for await (const page of keyPages(source, size, (given) => given as number)) pages.push([...page]);
  return pages;
};

describe('pages of keys', () => {
  it('hold every key in order, none twice in a page, and no page but the last is short', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 9 })), fc.integer({ min: 1, max: 5 }), async (keys, size) => {
        const pages = await gathered(keys, size);
        expect(pages.slice(0, -1).every((page) => page.length === size)).toBe(true);
        for (const page of pages) expect(new Set(page).size).toBe(page.length);
        expect(new Set(pages.flat())).toEqual(new Set(keys));
      }),
    ));

  it('read no more from their source than the page that is requested, and end it with them', async () => {
    const taken: number[] = [];
    let ended = false;
    const source = (function* () {
      try {
        for (let key = 1; ; key += 1) {
          taken.push(key);
          yield key;
        }
      } finally {
        ended = true;
      }
    })();
    const pages = keyPages(source, 3, (given) => given as number);
    expect((await pages.next()).value).toEqual([1, 2, 3]);
    expect(taken).toEqual([1, 2, 3]);
    await pages.return();
    expect(ended).toBe(true);
  });
});
