import { Collection, EntitySchema } from '@mikro-orm/core';
import { defineFields, defineIndex } from '@rookery/search';

export class Author {
  id!: number;
  name!: string;
}
export class Tag {
  id!: number;
  label!: string;
}
class Binding {
  kind!: string;
  maker!: string;
}
class Book {
  id!: number;
  title!: string;
  pages!: number;
  offers!: { size: string; cost: number }[];
  binding!: Binding;
  author!: Author;
  tags = new Collection<Tag>(this);
  get shelf(): string {
    return this.pages > 100 ? 'low' : 'high';
  }
}

const id = { type: 'integer', primary: true } as const;
const AuthorSchema = new EntitySchema<Author>({ class: Author, properties: { id, name: { type: 'text' } } });
const TagSchema = new EntitySchema<Tag>({ class: Tag, properties: { id: { ...id }, label: { type: 'string' } } });
const BindingSchema = new EntitySchema<Binding>({
  class: Binding,
  embeddable: true,
  properties: { kind: { type: 'string' }, maker: { type: 'string' } },
});
const BookSchema = new EntitySchema<Book>({
  class: Book,
  properties: {
    id: { ...id },
    title: { type: 'text' },
    pages: { type: 'integer' },
    offers: { type: 'json' },
    binding: { kind: 'embedded', entity: () => Binding },
    author: { kind: 'm:1', entity: () => Author },
    tags: { kind: 'm:n', entity: () => Tag },
    shelf: { type: 'string', persist: false },
  },
});

defineFields(AuthorSchema, { name: { analyzer: 'english' } });
defineFields(BindingSchema, { kind: { type: 'keyword' } });
const title = { analyzer: 'english', fields: { raw: { type: 'keyword' } } } as const;
export const Books = defineIndex(BookSchema, {
  name: 'books',
  settings: { number_of_shards: 1 },
  fields: {
    title,
    pages: {},
    offers: { type: 'nested', properties: { size: { type: 'keyword' } } },
    binding: {},
    author: { include: ['name'] },
    tags: { include: ['label'] },
    shelf: { type: 'keyword' },
  },
});
defineIndex(BookSchema, { name: 'titles', fields: { title } });
export const SCHEMAS = [AuthorSchema, TagSchema, BindingSchema, BookSchema];
