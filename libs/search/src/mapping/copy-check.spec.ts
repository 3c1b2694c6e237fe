import { checkCopies } from './copy-check.js';

const copied = (to: string | readonly string[]) =>
  ({ title: { type: 'text', copy_to: to }, all: { type: 'text' } }) as const;

describe('values that are copied', () => {
  it('go to fields that are there, at every depth', () => {
    expect(checkCopies(copied('all'), 'strict', 'Book')).toEqual([]);
    const deep = {
      shop: { type: 'object', properties: { name: { type: 'text', copy_to: 'shop.all' }, all: { type: 'text' } } },
    };
    expect(checkCopies(deep as never, 'strict', 'Book')).toEqual([]);
  });

  it('are refused where there is no such field, each target by itself', () => {
    expect(checkCopies(copied(['al', 'all', 'every']), false, 'Book')).toEqual(
      ['al', 'every'].map((target) => ({
        where: 'Book.title',
        problem: `is copied to '${target}', which is no field`,
        remedy: 'Use one of: title, all',
      })),
    );
    const deep = { shop: { type: 'object', properties: { name: { type: 'text', copy_to: 'all' } } } };
    expect(checkCopies(deep as never, 'strict', 'Book')).toEqual([
      {
        where: 'Book.shop.name',
        problem: "is copied to 'all', which is no field",
        remedy: 'Use one of: shop, shop.name',
      },
    ]);
  });

  it.each(['object', 'nested'])('are refused where the target is an %s', (type) => {
    const properties = { title: { type: 'text', copy_to: 'shop' }, shop: { type, properties: {} } };
    expect(checkCopies(properties as never, 'strict', 'Book')).toEqual([
      { where: 'Book.title', problem: "is copied to 'shop', which is an object", remedy: 'Name a field inside it' },
    ]);
  });

  it('go anywhere where fields are mapped as they come', () => {
    expect(checkCopies(copied('al'), true, 'Book')).toEqual([]);
  });
});
