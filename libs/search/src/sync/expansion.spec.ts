import fc from 'fast-check';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { IndexModel } from '../metadata/index-model.js';
import type { PrimaryKey } from '../rows/entity-reader.js';
import { expand } from './expansion.js';

const definition = { alias: 'books', model: {} } as IndexDefinition;

/** For each path the documents that lead to any row over it, in pages of a size of its own. */
type Reached = Readonly<Record<string, readonly number[]>>;

function readerOf(reached: Reached, pageSize: number) {
  return {
    knowsPath: () => true,
    async *keysReaching(_model: IndexModel, path: readonly string[]) {
      const keys = reached[path.join('.')]!;
      for (let at = 0; at < keys.length; at += pageSize) yield await Promise.resolve(keys.slice(at, at + pageSize));
    },
  };
}

describe('expand', () => {
  it('gives each document that changed rows are in once a page, and no page that could be one with the next', async () => {
    const documents = fc.array(fc.nat(1_500), { maxLength: 1_500 });
    await fc.assert(
      fc.asyncProperty(
        documents,
        fc.dictionary(fc.constantFrom('author', 'shop', 'shop.city'), documents),
        fc.integer({ min: 1, max: 500 }),
        async (direct, reached, pageSize) => {
          const touches = [
            ...direct.map((key) => ({ definition, path: [], key })),
            ...Object.keys(reached).map((path) => ({ definition, path: path.split('.'), key: 1 })),
          ];
          const pages: (readonly PrimaryKey[])[] = [];
          for await (const page of expand(touches, definition, readerOf(reached, pageSize), () => undefined))
            pages.push(page);

          const all = [...direct, ...Object.values(reached).flat()];
          expect(new Set(pages.flat())).toEqual(new Set(all));
          for (const page of pages) expect(new Set(page).size).toBe(page.length);
          expect(pages.slice(0, -1).every(({ length }) => length === 500)).toBe(true);
          expect(pages.at(-1)?.length ?? 1).toBeLessThanOrEqual(500);
          const named = [...new Set(direct)].slice(0, 500);
          expect(pages[0]?.slice(0, named.length) ?? []).toEqual(named);
        },
      ),
      { numRuns: 30 },
    );
  });
});
