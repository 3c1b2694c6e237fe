import { describeWith } from '@rookery/services';
import fc from 'fast-check';
import { MODES } from '../src/search/mode.js';
import { deleteIndices, type DemoUnderTest, ownEnvironment, startDemoUnderTest } from './demo-under-test.js';
import { DemoClient } from './http.js';

/** Pieces of the query syntax of Lucene, whole and torn. */
const SYNTAX = [
  '(',
  ')',
  '"',
  '[',
  ']',
  '{',
  '}',
  '*',
  '?',
  '~',
  '^',
  ':',
  '/',
  '\\',
  '+',
  '-',
  '!',
  '&&',
  '||',
  ' AND ',
  ' OR ',
  ' NOT ',
  ' TO ',
  '~99',
  '^-1',
  '^1e99',
  'text:',
  'id:',
  '_id:',
  '_exists_:',
  'address.year:',
  '[1 TO',
  '>=9',
  'union',
  'a',
  '/.*(/',
  '/[/',
  '🪶',
  '\u202e',
  '\ufffd',
];

const q = fc.oneof(
  fc.string({ maxLength: 60, unit: 'binary' }),
  fc.string({ maxLength: 60, unit: 'grapheme' }),
  fc.array(fc.constantFrom(...SYNTAX), { minLength: 1, maxLength: 20 }).map((parts) => parts.join('')),
);
const anything = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.integer().map(String),
  fc.constantFrom('', '0', '-1', '1e9', 'NaN', 'null', '[]', '{}', '%00', '\0'),
);

describeWith('postgres', 'whatever a user sends', (postgres) => {
  describeWith('opensearch', 'to the demo', (opensearch) => {
    let demo: DemoUnderTest;
    let client: DemoClient;

    beforeAll(async () => {
      const limits = { SEARCH_LIMIT: '100000000/1m', API_LIMIT: '100000000/1m', EXPORT_LIMIT: '100000000/1m' };
      demo = await startDemoUnderTest({
        ...ownEnvironment({ postgres, opensearch, memcached: '127.0.0.1:9' }),
        ...limits,
        SEARCH_TIMEOUT_MS: '20000',
      });
      client = new DemoClient(demo.url);
    }, 60_000);

    afterAll(async () => {
      await demo?.remove();
      if (demo !== undefined) await deleteIndices(demo.env);
    });

    const expectAnswer = async (path: string): Promise<void> => {
      const response = await fetch(demo.url + path);
      const text = await response.text();
      if (response.status === 200) return;
      expect([response.status, response.headers.get('content-type'), text]).toEqual([
        400,
        'application/problem+json',
        expect.any(String),
      ]);
    };

    it('is searched for, or answered 400 by a problem document, in every mode', async () => {
      await fc.assert(
        fc.asyncProperty(q, fc.constantFrom(...MODES), async (text, mode) =>
          expectAnswer(`/search?${new URLSearchParams({ q: text, mode, size: '1', words: 'true' }).toString()}`),
        ),
        { numRuns: 400 },
      );
    }, 120_000);

    it('is exported or suggested from, or answered 400', async () => {
      await fc.assert(
        fc.asyncProperty(q, fc.constantFrom('/export?mode=query&', '/suggest?'), async (text, path) =>
          expectAnswer(`${path}${new URLSearchParams({ q: text }).toString()}`),
        ),
        { numRuns: 100 },
      );
    }, 120_000);

    it('is no reason for a 500 in any parameter, cursors and torn escapes included', async () => {
      const name = fc.oneof(
        fc.constantFrom(
          'q',
          'mode',
          'distance',
          'president',
          'party',
          'presidentId',
          'facets',
          'from',
          'to',
          'page',
          'size',
          'cursor',
          'q[]',
          'q[a]',
          '__proto__',
          'constructor',
        ),
        fc.string({ maxLength: 10 }),
      );
      const query = fc
        .array(fc.tuple(name, anything), { maxLength: 5 })
        .map((pairs) =>
          pairs.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join('&'),
        );
      const torn = fc.oneof(
        query,
        query.map((text) => `${text}&q=%E0%A4%A`),
        fc.constantFrom('&&&', '=', '?', 'q=%', 'q=%zz', 'q=%ff%fe'),
      );
      await fc.assert(
        fc.asyncProperty(torn, async (text) => expectAnswer(`/search?${text}`)),
        { numRuns: 300 },
      );
    }, 120_000);

    it('leaves it well', async () => {
      expect((await client.search({ q: 'union' })).body.total).toBeGreaterThan(0);
      expect(demo.printed).not.toMatch(/Error|at .*\.ts:/);
    });
  });
});
