import { describe, expect, test } from 'tstyche';
import type { DocumentOf, EntityClass, EntityHit } from '@rookery/search';

interface Media {
  id: number;
  title: string;
}
interface Book extends Media {
  pages?: number | null;
}
declare const hit: EntityHit<DocumentOf<Media>>;
declare const book: EntityClass<Book>;

describe('a hit of a tree of classes', () => {
  test('has the fields of its class once it said so', () => {
    expect(hit.source).type.not.toHaveProperty('pages');
    if (hit.is(book)) {
      expect(hit.source.pages).type.toBe<number | null | undefined>();
      expect(hit.source.title).type.toBe<string>();
    }
  });
});
