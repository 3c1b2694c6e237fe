import type { FieldMapping } from '../contracts/index-body.js';
import { checkNested } from './nested-check.js';

const bare: FieldMapping = { type: 'nested' };
const described: FieldMapping = { type: 'nested', properties: { stars: { type: 'integer' } } };

describe('nested fields', () => {
  it('are refused where nothing says what their elements hold, at every depth', () => {
    const properties = { reviews: bare, shop: { type: 'object', properties: { hours: bare, name: { type: 'text' } } } };
    expect(checkNested(properties as never, 'strict', 'Book')).toEqual(
      ['Book.reviews', 'Book.shop.hours'].map((where) => ({
        where,
        problem: 'is `nested`, without a description of its elements',
        remedy: "Describe its elements: @SearchField({ type: 'nested', properties: { name: { type: 'keyword' } } })",
      })),
    );
    expect(checkNested({ reviews: { type: 'nested', properties: {} } }, false, 'Book')).toHaveLength(1);
  });

  it('are looked into where they are described', () => {
    expect(checkNested({ reviews: described }, 'strict', 'Book')).toEqual([]);
    const inner = { reviews: { type: 'nested', properties: { replies: bare } } } as const;
    expect(checkNested(inner, false, 'Book').map(({ where }) => where)).toEqual(['Book.reviews.replies']);
  });

  it('may be bare where fields are mapped as they come', () => {
    expect(checkNested({ reviews: bare }, true, 'Book')).toEqual([]);
  });
});
