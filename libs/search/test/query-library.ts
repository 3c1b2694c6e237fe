import { randomUUID } from 'node:crypto';
import { Collection, MikroORM, type Rel } from '@mikro-orm/postgresql';
import {
  Entity,
  Enum,
  ManyToOne,
  OneToMany,
  PrimaryKey,
  Property,
  ReflectMetadataProvider,
} from '@mikro-orm/decorators/legacy';
import { describeWith } from '@rookery/services';
import {
  Indexed,
  SearchField,
  SearchService,
  type Distance,
  type EntityClass,
  type SearchRepository,
} from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { dropIndices } from './left-behind.js';

export enum Genre {
  Fantasy = 'fantasy',
  History = 'history',
  Travel = 'travel',
}

@Entity()
export class Publisher {
  @PrimaryKey() id!: number;
  @SearchField({ type: 'keyword' }) @Property({ type: 'string' }) name!: string;
  @SearchField({ type: 'keyword' }) @Property({ type: 'string' }) city!: string;
}

@Entity()
export class Review {
  @PrimaryKey() id!: number;
  @SearchField({ type: 'keyword' }) @Property({ type: 'string' }) reviewer!: string;
  @SearchField() @Property({ type: 'integer' }) stars!: number;
  @SearchField() @Property({ type: 'text' }) text!: string;
  @ManyToOne(() => Book) book!: Rel<Book>;
}

@Entity()
@Indexed({ name: 'books', settings: { number_of_shards: 1 } })
export class Book {
  @SearchField() @PrimaryKey() id!: number;
  @SearchField({ analyzer: 'english', fields: { raw: { type: 'keyword' }, typed: { type: 'search_as_you_type' } } })
  @Property({ type: 'text' })
  title!: string;
  @SearchField() @Property({ type: 'text' }) body!: string;
  @SearchField({ type: 'keyword' }) @Property({ type: 'string' }) author!: string;
  @SearchField() @Enum(() => Genre) genre!: Genre;
  @SearchField() @Property({ type: 'double', nullable: true }) price?: number;
  @SearchField() @Property({ type: 'integer' }) pages!: number;
  @SearchField() @Property({ type: 'boolean' }) inPrint!: boolean;
  @SearchField() @Property({ type: 'datetime' }) published!: Date;
  @SearchField() @Property({ type: 'bigint' }) serial!: bigint;
  @SearchField({ type: 'geo_point' }) @Property({ type: 'json' }) at!: { lat: number; lon: number };
  @SearchField({ type: 'completion' }) @Property({ type: 'string' }) suggest!: string;
  @SearchField() @Property({ type: 'json', nullable: true }) extra?: Record<string, unknown>;
  @SearchField({ include: ['name', 'city'] }) @ManyToOne(() => Publisher) publisher!: Rel<Publisher>;
  @SearchField({ type: 'nested', include: ['reviewer', 'stars', 'text'] })
  @OneToMany(() => Review, (review) => review.book)
  reviews = new Collection<Review>(this);
}

/** Questions and answers in one index. */
@Entity()
@Indexed({ name: 'posts', settings: { number_of_shards: 1 } })
export class Post {
  @PrimaryKey() id!: number;
  @SearchField({ type: 'join', relations: { question: ['answer'] } }) @Property({ type: 'json' }) family!: object;
  @SearchField() @Property({ type: 'text' }) text!: string;
  @SearchField() @Property({ type: 'integer' }) votes!: number;
}

@Entity()
@Indexed({ name: 'pictures', settings: { number_of_shards: 1, 'index.knn': true } })
export class Picture {
  @PrimaryKey() id!: number;
  @SearchField({ type: 'keyword' }) @Property({ type: 'string' }) kind!: string;
  @SearchField({ type: 'knn_vector', dimension: 2, method: { name: 'hnsw', engine: 'lucene', space_type: 'l2' } })
  @Property({ type: 'float[]' })
  vector!: number[];
}

const BOOKS = [
  {
    id: 1,
    title: 'The Silver Key',
    body: 'A silver key opens the old door of the garden',
    author: 'Ada Moss',
    genre: Genre.Fantasy,
    price: 10,
    at: { lat: 48.8566, lon: 2.3522 },
  },
  {
    id: 2,
    title: 'The Silver Sword',
    body: 'The sword was made of silver and the king kept it',
    author: 'Ada Moss',
    genre: Genre.Fantasy,
    price: 20,
    at: { lat: 51.5074, lon: -0.1278 },
  },
  {
    id: 3,
    title: 'Iron Sword',
    body: 'An iron sword breaks the old silver shield in battle',
    author: 'Ben Oak',
    genre: Genre.Fantasy,
    price: 30,
    at: { lat: 52.52, lon: 13.405 },
  },
  {
    id: 4,
    title: 'A History of Silver Mining',
    body: 'Miners dug silver from the hills for the king',
    author: 'Cara Pine',
    genre: Genre.History,
    price: 40,
    at: { lat: 40.4168, lon: -3.7038 },
  },
  {
    id: 5,
    title: 'Sea Routes',
    body: 'Ships crossed the sea from port to port',
    author: 'Cara Pine',
    genre: Genre.History,
    price: 50,
    at: { lat: 41.9028, lon: 12.4964 },
  },
  {
    id: 6,
    title: 'The Key to the Sea',
    body: 'The traveller found the key beside the sea',
    author: 'Dov Elm',
    genre: Genre.Travel,
    at: { lat: 40.7128, lon: -74.006 },
  },
];
const PUBLISHED = ['1990-05-01', '1991-06-01', '1995-01-15', '2000-02-20', '2005-07-07', '2010-12-31'];
const REVIEWS = [
  [
    ['ann', 5, 'a gem'],
    ['bob', 2, 'too slow'],
  ],
  [
    ['ann', 2, 'dull'],
    ['bob', 5, 'great fun'],
  ],
  [],
  [['cat', 4, 'solid']],
  [
    ['ann', 5, 'rich'],
    ['dan', 1, 'wrong maps'],
  ],
  [],
] as const;

/** Six books whose answers can be worked out by hand. Id n has n hundred pages; places are Paris, London, Berlin, Madrid, Rome, New York. */
const DOCUMENTS = BOOKS.map((book, at) => ({
  ...book,
  id: String(book.id),
  pages: book.id * 100,
  inPrint: [1, 2, 4, 6].includes(book.id),
  published: `${PUBLISHED[at]}T00:00:00.000Z`,
  serial: String(10n ** 12n + BigInt(book.id)),
  suggest: book.title,
  extra: { shelf: book.id % 2 === 0 ? 'even' : 'odd' },
  publisher: at < 3 ? { name: 'Heron', city: 'Bath' } : { name: 'Rook', city: 'York' },
  reviews: REVIEWS[at]!.map(([reviewer, stars, text]) => ({ reviewer, stars, text })),
}));

const POSTS = [
  { id: 'q1', family: 'question', text: 'how to sharpen a sword', votes: 3 },
  { id: 'q2', family: 'question', text: 'where is the key', votes: 1 },
  { id: 'a1', family: { name: 'answer', parent: 'q1' }, text: 'use a stone', votes: 7 },
  { id: 'a2', family: { name: 'answer', parent: 'q1' }, text: 'take it to a smith', votes: 2 },
  { id: 'a3', family: { name: 'answer', parent: 'q2' }, text: 'under the stone', votes: 5 },
];

const PICTURES = [
  { id: 1, kind: 'bird', vector: [0, 0] },
  { id: 2, kind: 'bird', vector: [1, 1] },
  { id: 3, kind: 'tree', vector: [1, 2] },
  { id: 4, kind: 'tree', vector: [9, 9] },
];

export interface Library {
  readonly books: SearchRepository<Book>;
  readonly posts: SearchRepository<Post>;
  readonly pictures: SearchRepository<Picture>;
  close(): Promise<void>;
}

/** A repository that compiles queries and has no engine to send them to. */
export function offline<T extends object>(
  entity: EntityClass<T>,
  entities: EntityClass[] = [Publisher, Review, Book, Post, Picture],
): SearchRepository<T> {
  return serviceOf(entities, 'http://127.0.0.1:9', 'offline').repository(entity);
}

export async function openLibrary(node: string, { pictures = false } = {}): Promise<Library> {
  const prefix = `library-${randomUUID().slice(0, 8)}`;
  const search = serviceOf(pictures ? [Picture] : [Publisher, Review, Book, Post], node, prefix);
  await search.start();
  if (pictures) {
    await search.repository(Picture).bulk(
      PICTURES.map(({ id, ...document }) => ({ action: 'index', id, document })),
      { refresh: true },
    );
  } else {
    await search.repository(Book).bulk(
      DOCUMENTS.map((document) => ({ action: 'index', id: document.id, document: document as never })),
      { refresh: true },
    );
    await indexPosts(node, search.repository(Post).indexName);
  }
  const close = async (): Promise<void> => {
    await search.close();
    await dropIndices(prefix, node);
  };
  const repository = <T extends object>(entity: EntityClass<T>) => search.repository(entity);
  return {
    get books() {
      return repository(Book);
    },
    get posts() {
      return repository(Post);
    },
    get pictures() {
      return repository(Picture);
    },
    close,
  };
}

/** Children live on the shard of their parent, so each is written with its parent's routing. */
async function indexPosts(node: string, index: string): Promise<void> {
  const lines = POSTS.flatMap(({ id, ...document }) => {
    const routing = typeof document.family === 'object' ? document.family.parent : id;
    return [JSON.stringify({ index: { _id: id, routing } }), JSON.stringify(document)];
  });
  const response = await fetch(`${node}/${index}/_bulk?refresh=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: `${lines.join('\n')}\n`,
  });
  const { errors } = (await response.json()) as { errors: boolean };
  if (errors) throw new Error('the posts were not indexed');
}

function serviceOf(entities: EntityClass[], node: string, prefix: string): SearchService {
  const orm = new MikroORM({
    entities: entities as never[],
    dbName: 'none',
    metadataProvider: ReflectMetadataProvider,
  });
  return new SearchService(orm, { engine: openSearch({ node }), prefix, sync: 'manual' });
}

/** The suite on both lines of OpenSearch, each with its own library. */
export function describeLibrary(title: string, suite: (library: () => Library, line: 3 | 2) => void): void {
  for (const [service, line] of [
    ['opensearch', 3],
    ['opensearch2', 2],
  ] as const) {
    describeWith(service, `${title} (OpenSearch ${line}.x)`, (node) => {
      let library: Library;
      beforeAll(async () => {
        library = await openLibrary(node);
      }, 30_000);
      afterAll(() => library.close(), 30_000);
      suite(() => library, line);
    });
  }
}

/** Ids of the hits, in the order of the answer. */
export async function idsOf(query: { search(): Promise<{ hits: readonly { id: string }[] }> }): Promise<string[]> {
  return (await query.search()).hits.map(({ id }) => id);
}

export const PARIS = { lat: 48.8566, lon: 2.3522 };
export const km = (kilometres: number): Distance => `${kilometres}km`;
