import { defineEntity, p } from '@mikro-orm/core';
import { defineFields, defineIndex } from '@rookery/search';

const AuthorSchema = defineEntity({ name: 'Author', properties: { id: p.integer().primary(), name: p.text() } });
const TagSchema = defineEntity({ name: 'Tag', properties: { id: p.integer().primary(), label: p.string() } });
const BindingSchema = defineEntity({
  name: 'Binding',
  embeddable: true,
  properties: { kind: p.string(), maker: p.string() },
});
const BookSchema = defineEntity({
  name: 'Book',
  properties: {
    id: p.integer().primary(),
    title: p.text(),
    pages: p.integer(),
    offers: p.json<{ size: string; cost: number }[]>(),
    binding: () => p.embedded(BindingSchema),
    author: () => p.manyToOne(AuthorSchema),
    tags: () => p.manyToMany(TagSchema),
  },
});

/** The class that belongs to the schema, with a getter of its own. */
class Book extends BookSchema.class {
  get shelf(): string {
    return this.pages > 100 ? 'low' : 'high';
  }
}
BookSchema.setClass(Book);

export const Author = defineFields(AuthorSchema, { name: { analyzer: 'english' } });
defineFields(BindingSchema, { kind: { type: 'keyword' } });
export const Books = defineIndex(Book, {
  name: 'books',
  settings: { number_of_shards: 1 },
  fields: {
    title: { analyzer: 'english', fields: { raw: { type: 'keyword' } } },
    pages: {},
    offers: { type: 'nested', properties: { size: { type: 'keyword' } } },
    binding: {},
    author: { include: ['name'] },
    tags: { include: ['label'] },
    shelf: { type: 'keyword' },
  },
});
defineIndex(Book, {
  name: 'titles',
  fields: { title: { analyzer: 'english', fields: { raw: { type: 'keyword' } } } },
});
export const SCHEMAS = [AuthorSchema, TagSchema, BindingSchema, BookSchema];
export const Tag = TagSchema.class;
