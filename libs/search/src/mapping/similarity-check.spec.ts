import { checkSimilarities } from './similarity-check.js';

const named = (similarity: unknown) => ({ title: { type: 'text', similarity } }) as never;

describe('similarities', () => {
  it.each(['BM25', 'LegacyBM25', 'boolean', undefined])('%p are there without settings', (similarity) => {
    expect(checkSimilarities(named(similarity), {}, 'Book')).toEqual([]);
  });

  it('are there where the settings define them', () => {
    expect(checkSimilarities(named('mine'), { similarity: { mine: {} } }, 'Book')).toEqual([]);
  });

  it('are refused elsewhere, with what there is', () => {
    expect(checkSimilarities(named('mime'), { similarity: { mine: {} } }, 'Book')).toEqual([
      {
        where: 'Book.title',
        problem: "names the similarity 'mime', which is neither built in nor defined",
        remedy:
          'Define it in @Indexed({ settings: { similarity: { mime: … } } }), or use one of: BM25, LegacyBM25, boolean, mine',
      },
    ]);
  });

  it('are looked for in sub-fields and in objects, beside that of the field itself', () => {
    const sub = { raw: { type: 'text', similarity: 'b' } };
    const properties = {
      title: { type: 'text', similarity: 'a', fields: sub },
      shop: { type: 'object', properties: { name: { type: 'text', similarity: 'c' } } },
    };
    const found = checkSimilarities(properties as never, {}, 'Book');
    expect(found.map(({ where }) => where)).toEqual(['Book.title', 'Book.title.raw', 'Book.shop.name']);
  });
});
