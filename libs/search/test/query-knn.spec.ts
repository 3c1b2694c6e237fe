import { describeWith } from '@rookery/services';
import { idsOf, openLibrary, type Library } from './query-library.js';

// The k-NN plug-in is part of the 2.19 line here.
describeWith('opensearch2', 'nearest vectors', (node) => {
  let library: Library;
  beforeAll(async () => {
    library = await openLibrary(node, { pictures: true });
  }, 30_000);
  afterAll(() => library.close(), 30_000);

  it('come nearest first', async () => {
    const { pictures } = library;
    expect(
      await idsOf(
        pictures
          .query()
          .must((q) => q.knn('vector', [1, 1], { k: 3 }))
          .page({ size: 3 }),
      ),
    ).toEqual(['2', '3', '1']);
  });

  it('are those that match a filter', async () => {
    const { pictures } = library;
    expect(
      await idsOf(pictures.query().must((q) => q.knn('vector', [1, 1], { k: 2, filter: q.term('kind', 'tree') }))),
    ).toEqual(['3', '4']);
  });

  it('tell a vector of the wrong length by the engine', async () => {
    await expect(
      library.pictures
        .query()
        .must((q) => q.knn('vector', [1, 1, 1], { k: 1 }))
        .search(),
    ).rejects.toMatchObject({ status: 400 });
  });
});
