import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describeWith } from '@rookery/services';
import { deleteIndices, type DemoUnderTest, ownEnvironment, startDemoUnderTest } from './demo-under-test.js';
import { exchange, type Answer } from './openapi/exchange.js';

type Problem = Readonly<{ detail: string; errors?: readonly { parameter: string; message: string }[] }>;

const JSON_TYPE = 'application/json';
/** Names that every object has, and that a copy of one may leave out. */
const INHERITED = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__defineGetter__',
];
/** Routes without a query. */
const BARE = ['/addresses/3', '/health', '/health/live', '/health/ready', '/metrics', '/herd/topology'];

describeWith('postgres', 'an odd request', (postgres) => {
  describeWith('opensearch', 'to the demo', (opensearch) => {
    let demo: DemoUnderTest;

    beforeAll(async () => {
      const limits = { SEARCH_LIMIT: '1000000/1m', API_LIMIT: '1000000/1m', EXPORT_LIMIT: '1000000/1h' };
      const servers = { postgres, opensearch, memcached: '127.0.0.1:9' };
      demo = await startDemoUnderTest({ ...ownEnvironment(servers), ...limits, EDITS: 'open' });
    }, 60_000);

    afterAll(async () => {
      await demo?.remove();
      if (demo !== undefined) await deleteIndices(demo.env);
    });

    const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
      exchange(demo.url, { method: 'GET', path, headers });
    const edit = async (body: string | Uint8Array, type = JSON_TYPE, more: Record<string, string> = {}) => {
      const headers = { 'content-type': type, ...more };
      const response = await fetch(`${demo.url}/presidents/1`, { method: 'PATCH', headers, body: body as string });
      return { status: response.status, problem: (await response.json()) as Problem };
    };
    const president = async () => (JSON.parse((await get('/addresses/1')).body) as { president: object }).president;
    const problemOf = ({ body, headers }: Answer): Problem => {
      expect(headers['content-type']).toBe('application/problem+json');
      return JSON.parse(body) as Problem;
    };

    it.each(INHERITED)(
      'with the unknown member or parameter %s is refused by its name, beside all else',
      async (name) => {
        const before = await president();
        const { status, problem } = await edit(`{"party":"Green","${name}":{"name":"x"}}`);
        expect([status, problem.errors!.map(({ parameter }) => parameter).sort()]).toEqual([
          400,
          [name, 'party'].sort(),
        ]);
        expect(problem.detail).toContain(`${name} is not a parameter of this route; it accepts name, party`);
        expect((await edit(`{"party":"Whig","${name}":1}`)).status).toBe(400);
        expect(await president()).toEqual(before);
        for (const path of [
          '/search?size=1&',
          '/suggest?q=a&',
          '/addresses/3/similar?',
          '/export?from=1790&to=1790&',
        ]) {
          const answer = await get(`${path}${name}=1`);
          expect([path, answer.status, problemOf(answer).errors![0]!.parameter]).toEqual([path, 400, name]);
        }
      },
    );

    it.each(BARE)('with a query that %s does not read is refused by its name', async (path) => {
      const answer = await get(`${path}?year=1790&q=war`);
      expect(answer.status).toBe(400);
      expect(problemOf(answer).errors).toEqual([
        { parameter: 'year', message: 'year is not a parameter of this route; it accepts none' },
        { parameter: 'q', message: 'q is not a parameter of this route; it accepts none' },
      ]);
      expect((await get(`${path}?`)).status).toBe(200);
    });

    it('with a body where none is read is refused, of GET too', async () => {
      const body = '{"q":"war"}';
      const headers = { 'content-type': JSON_TYPE, 'content-length': String(body.length) };
      const answer = await exchange(demo.url, { method: 'GET', path: '/search?size=1', headers, body });
      expect([answer.status, problemOf(answer).detail]).toEqual([400, 'GET /search accepts no body.']);
    });

    it.each([
      ['a number', '1', 400, /^The body must be a JSON object \(got "1"\)/],
      ['a text', '"a"', 400, /^The body must be a JSON object \(got "\\"a\\""\)/],
      ['null', 'null', 400, /^The body must be a JSON object \(got "null"\)/],
      ['a list', '[{"party":"Whig"}]', 400, /^The body must be a JSON object \(got a list\)/],
      ['torn', '{"party":', 400, /^The body must be a JSON object \(got "{\\"party\\":"\)/],
      ['in no UTF-8', new Uint8Array([...Buffer.from('{"name":"'), 0xff, ...Buffer.from('"}')]), 415, /UTF-8/],
      ['of half a character', '{"name":"\\ud800"}', 400, /^name must be given once, as text/],
      ['of what a wrong encoding becomes', '{"name":"Ge\ufffdrge"}', 400, /^name must be given once, as text/],
    ])('with a body that is %s gets that error', async (_what, body, expected, detail) => {
      const before = await president();
      const { status, problem } = await edit(body);
      expect([status, problem.detail]).toEqual([expected, expect.stringMatching(detail)]);
      expect(await president()).toEqual(before);
    });

    it('with a body of another encoding than UTF-8 is refused before anything walks it', async () => {
      const deep = `{"name":"\u2222","a":${'['.repeat(3000)}${']'.repeat(3000)}}`;
      for (const charset of ['utf-16', 'UTF-16LE', '"utf-16"', 'utf-32', 'utf-7', 'latin1']) {
        const { status, problem } = await edit(Buffer.from(deep, 'utf16le'), `${JSON_TYPE}; charset=${charset}`);
        expect([charset, status, problem.detail]).toEqual([charset, 415, expect.stringContaining('UTF-8')]);
      }
      for (const charset of ['utf-8', 'UTF-8', '"utf-8"'])
        expect((await edit('{"party":"none"}', `${JSON_TYPE}; charset=${charset}`)).status).toBe(200);
    });

    it('with a body in no encoding that it names gets that error, and one in it is read', async () => {
      const junk = await edit('{"party":"none"}', JSON_TYPE, { 'content-encoding': 'gzip' });
      expect([junk.status, junk.problem.detail]).toEqual([400, expect.stringMatching(/Content-Encoding.*gzip/)]);
      const unknown = await edit('{"party":"none"}', JSON_TYPE, { 'content-encoding': 'compress' });
      expect([unknown.status, unknown.problem.detail]).toEqual([
        415,
        expect.stringMatching(/Content-Encoding.*compress/),
      ]);
      expect((await edit(gzipSync('{"party":"none"}'), JSON_TYPE, { 'content-encoding': 'gzip' })).status).toBe(200);
    });

    it('with a query in no UTF-8 is refused, not searched for as something else', async () => {
      for (const path of ['/search?q=%ff', '/search?q=war&president=%c3%28', '/suggest?q=%ff', '/export?q=%ff']) {
        const answer = await get(path);
        expect([path, answer.status]).toEqual([path, 400]);
        expect(problemOf(answer).errors).toHaveLength(1);
      }
    });

    it.each([
      ['a part that it has not', { range: 'bytes=99999999-' }, 200],
      ['another state of it', { 'if-match': '"x"' }, 412],
    ])('for the page in %s is answered as HTTP defines', async (_what, headers, expected) => {
      const page = await get('/', headers);
      expect(page.status).toBe(expected);
      if (expected === 412) problemOf(page);
    });

    it.each([
      ['no HTTP', 'garbage\r\n\r\n', 400],
      ['a method that nobody knows', 'FOO / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
      ['headers of 20 kB', `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
      ['an expectation', 'GET /search HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: tea\r\n\r\n', 417],
      [
        'two lengths',
        'POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}',
        400,
      ],
    ])('that is %s is answered by a problem document', async (_what, sent, status) => {
      const { hostname, port } = new URL(demo.url);
      const socket = connect(Number(port), hostname);
      socket.write(sent);
      const [head, body] = (await text(socket)).split('\r\n\r\n') as [string, string];
      expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*Content-Type: application/problem\\+json`, 'i'));
      expect(JSON.parse(body)).toMatchObject({ type: 'about:blank', status, detail: expect.any(String) as string });
    });

    it('leaves it well', async () => {
      expect((await get('/search?q=union&size=1')).status).toBe(200);
      expect(demo.printed).not.toMatch(/Error|at .*\.ts:/);
    });
  });
});
