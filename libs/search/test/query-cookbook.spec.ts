import { readFileSync, writeFileSync } from 'node:fs';
import type { SearchQuery } from '@rookery/search';
import { Book, describeLibrary, offline, Picture, Post, type Library } from './query-library.js';

const FILE = new URL('../QUERIES.md', import.meta.url);
const EXAMPLE = /```ts\n([\s\S]+?)\n```\n```json\n([\s\S]*?)```/g;

type AnyQuery = SearchQuery<Book, unknown, unknown, unknown>;
type Body = Record<string, unknown>;

/** An example begins with the builder that it is made by. */
function requestOf(code: string, query: AnyQuery): AnyQuery {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the examples are this repository's own text
  const make = new Function(code.split('.')[0]!, `return (${code});`) as (builder: unknown) => never;
  if (code.startsWith('q.')) return query.must(make);
  if (code.startsWith('a.')) return query.aggregate((a) => ({ example: make(a) }));
  return make(query);
}

/** The part of the body that the example is about. */
function compiled(code: string): Body {
  const body = requestOf(code, repositoryOf(code).query()).toBody() as Body & {
    query: { bool: { must: Body[] } };
    aggs: { example: Body };
  };
  if (code.startsWith('q.')) return body.query.bool.must[0]!;
  if (code.startsWith('a.')) return body.aggs.example;
  const { query, from, size, track_total_hits: total, ...rest } = body;
  return {
    ...('match_all' in query ? {} : { query }),
    ...(from === 0 ? {} : { from }),
    ...(size === 10 ? {} : { size }),
    ...(total === true ? {} : { track_total_hits: total }),
    ...rest,
  };
}

type Which = 'books' | 'posts' | 'pictures';
const libraryOf = (code: string): Which =>
  /hasChild|hasParent|parentId/.test(code) ? 'posts' : code.includes('knn') ? 'pictures' : 'books';
const OFFLINE = { books: offline(Book), posts: offline(Post), pictures: offline(Picture) };
const repositoryOf = (code: string, library: Pick<Library, Which> = OFFLINE): { query(): AnyQuery } =>
  library[libraryOf(code)] as unknown as { query(): AnyQuery };

function shown(body: Body): string {
  const line = JSON.stringify(body);
  return line.length <= 160 ? line : JSON.stringify(body, null, 2);
}

if (process.env['UPDATE_COOKBOOK']) {
  const written = readFileSync(FILE, 'utf8').replace(
    EXAMPLE,
    (_all, code: string) => `\`\`\`ts\n${code}\n\`\`\`\n\`\`\`json\n${shown(compiled(code))}\n\`\`\``,
  );
  writeFileSync(FILE, written);
}
const text = readFileSync(FILE, 'utf8');
const examples = [...text.matchAll(EXAMPLE)].map(([, code, json]) => ({
  name: code!.replaceAll(/\s+/g, ' '),
  code: code!,
  json: json!.trim(),
}));

describe('the cookbook', () => {
  it.each(examples)('compiles $name', ({ code, json }) => {
    expect(shown(compiled(code))).toBe(json);
  });

  it('has every clause, aggregation, suggestion and part of a request', () => {
    const names: string[] = [];
    OFFLINE.books.query().must((q) => {
      names.push(...Object.keys(q));
      return q.matchAll();
    });
    OFFLINE.books.query().aggregate((a) => {
      names.push(...Object.keys(a));
      return {};
    });
    OFFLINE.books.query().suggest((s) => {
      names.push(...Object.keys(s));
      return {};
    });
    const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(OFFLINE.books.query()) as object);
    const ways = [
      'constructor',
      'add',
      'with',
      'must',
      'filter',
      'should',
      'mustNot',
      'minimumShouldMatch',
      'aggregate',
      'toBody',
      'search',
      'count',
    ];
    names.push(...methods.filter((name) => !ways.includes(name)));
    const all = text.replaceAll(/\*\*.*?\*\*/g, '');
    expect(names.length).toBeGreaterThan(90);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\(`).test(all))).toEqual([]);
  });
});

describeLibrary('the cookbook', (library, line) => {
  // The plug-in for vectors is in neither of these libraries, and the 2.x line has no combinedFields.
  const sendable = examples.filter(
    ({ code }) => !code.includes('knn') && (line === 3 || !code.includes('combinedFields')),
  );

  it.each(sendable)('is understood: $name', async ({ code }) => {
    const page = await requestOf(
      code.replace('dev-books', library().books.indexName),
      repositoryOf(code, library()).query(),
    ).search();
    expect(page.timedOut).toBe(false);
  });
});
