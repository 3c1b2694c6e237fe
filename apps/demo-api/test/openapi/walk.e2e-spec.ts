import { controlServers, describeWith, type RunningServer, startMemcached } from '@rookery/services';
import { DEFAULT_EDITOR_PASSWORD } from '../../src/config/defaults.js';
import { join } from 'node:path';
import type { RoomState } from '../../src/machine-room/room-state.js';
import { TYPESCRIPT } from '../command.js';
import { deleteIndices, type DemoUnderTest, ownEnvironment, startDemoUnderTest } from '../demo-under-test.js';
import { until } from '../until.js';
import { type Breakable, breakable } from './breakable.js';
import { type Described, DocumentCheck } from './described.js';
import { type Answer, exchange, openStream } from './exchange.js';
import { complaintsOfTypes, type TypedAnswer } from './typed-answers.js';

const SEARCH = join(import.meta.dirname, '../../src/search.ts');
const UNLIMITED = {
  API_LIMIT: '1000000/1m',
  SEARCH_LIMIT: '1000000/1m',
  LOGIN_LIMIT: '1000000/1m',
  EXPORT_LIMIT: '1000000/1h',
};
const ONCE = { API_LIMIT: '1/1d', LOGIN_LIMIT: '1/1d' };
const NOWHERE = 'http://127.0.0.1:9';
const JSON_TYPE = { 'content-type': 'application/json' };
const UNKNOWN = 999;

type Case = Readonly<{ operation: string; path: string; body?: unknown; headers?: Record<string, string> }>;

/** A right call of each operation that is no stream. */
const RIGHT: readonly Case[] = [
  { operation: 'get /search', path: '/search?q=public+debt&facets=wide&words=true&size=50' },
  { operation: 'get /suggest', path: '/suggest?q=wash' },
  { operation: 'get /addresses/{id}', path: '/addresses/3' },
  { operation: 'get /addresses/{id}/similar', path: '/addresses/3/similar' },
  { operation: 'get /addresses/export', path: '/addresses/export?from=1792&to=1793' },
  { operation: 'get /export', path: '/export?q=public+debt' },
  { operation: 'patch /presidents/{id}', path: '/presidents/1', body: { party: 'none' } },
  { operation: 'delete /presidents/{id}', path: '/presidents/4' },
  { operation: 'post /presidents/{id}/restore', path: '/presidents/4/restore' },
  { operation: 'post /reset', path: '/reset' },
  { operation: 'post /login', path: '/login', body: { password: DEFAULT_EDITOR_PASSWORD } },
  { operation: 'get /health', path: '/health' },
  { operation: 'get /health/live', path: '/health/live' },
  { operation: 'get /health/ready', path: '/health/ready' },
  { operation: 'get /herd/topology', path: '/herd/topology' },
  { operation: 'get /metrics', path: '/metrics' },
  { operation: 'get /machine-room/knock', path: '/machine-room/knock' },
  { operation: 'post /machine-room/migration', path: '/machine-room/migration', body: { step: 'start' } },
];
/** A server that whoever started them does not find any more. */
const LOST = { service: 'memcached', address: '127.0.0.1:1', state: 'killed' } as const;
const WRONG: readonly Case[] = [
  { operation: 'get /search', path: '/search?colour=red' },
  { operation: 'get /suggest', path: '/suggest' },
  { operation: 'get /addresses/{id}', path: '/addresses/one' },
  { operation: 'get /addresses/{id}', path: '/addresses/%E0%A4%A' },
  { operation: 'get /addresses/{id}/similar', path: '/addresses/3/similar?size=0' },
  { operation: 'get /addresses/export', path: '/addresses/export?from=1793&to=1792' },
  { operation: 'get /export', path: '/export?page=1' },
  { operation: 'get /search', path: '/search?mode=query&q=%28' },
  { operation: 'get /addresses/{id}', path: `/addresses/${UNKNOWN}` },
  { operation: 'get /addresses/{id}/similar', path: `/addresses/${UNKNOWN}/similar` },
  { operation: 'patch /presidents/{id}', path: `/presidents/${UNKNOWN}`, body: { party: 'none' } },
  { operation: 'patch /presidents/{id}', path: '/presidents/1', body: { name: 'Thomas Jefferson' } },
  {
    operation: 'patch /presidents/{id}',
    path: '/presidents/1',
    body: { party: 'none' },
    headers: { authorization: '' },
  },
  { operation: 'delete /presidents/{id}', path: `/presidents/${UNKNOWN}` },
  { operation: 'delete /presidents/{id}', path: '/presidents/1', headers: { authorization: '' } },
  { operation: 'post /presidents/{id}/restore', path: `/presidents/${UNKNOWN}/restore` },
  { operation: 'post /presidents/{id}/restore', path: '/presidents/1/restore', headers: { authorization: '' } },
  { operation: 'post /reset', path: '/reset', body: {} },
  { operation: 'delete /presidents/{id}', path: '/presidents/one' },
  { operation: 'post /presidents/{id}/restore', path: '/presidents/one/restore' },
  { operation: 'post /reset', path: '/reset', headers: { authorization: 'Bearer wrong' } },
  { operation: 'post /login', path: '/login', body: { password: 'wrong' } },
  // A query that none of them reads.
  ...[
    '/health',
    '/health/live',
    '/health/ready',
    '/herd/topology',
    '/metrics',
    '/machine-room/knock',
    '/machine-room/events',
  ].map((path) => ({ operation: `get ${path}`, path: `${path}?unknown=1` })),
];

async function migrationState(url: string): Promise<string> {
  const { body, end } = await openStream(url, '/machine-room/events');
  end();
  const { faults } = JSON.parse(/^data: (.*)$/m.exec(body)![1]!) as RoomState;
  return faults!.migration.state;
}

describeWith('postgres', 'the OpenAPI document', (postgres) => {
  describeWith('opensearch', 'of the demo', (opensearch) => {
    let node: RunningServer;
    let demo: DemoUnderTest;
    /** Of the same data, each call of which after the first is over the limit, and which makes no faults. */
    let strict: DemoUnderTest;
    /** Of the same data, without OpenSearch, and with a PostgreSQL that can be cut off. */
    let poor: DemoUnderTest;
    let database: Breakable;
    let document: Described;
    let check: DocumentCheck;
    let authorization: string;
    const typed: TypedAnswer[] = [];
    const complaints: string[] = [];

    const judge = (operation: string, answer: Answer): Answer => {
      const [method, path] = operation.split(' ') as [string, string];
      complaints.push(...check.judge(method, path, answer));
      const type = (answer.headers['content-type'] ?? '').split(';')[0]!;
      if (/\/(problem\+)?json$/.test(type))
        typed.push({ method, path, status: answer.status, type, body: JSON.parse(answer.body) });
      return answer;
    };
    const call = async (url: string, { operation, path, body, headers = {} }: Case): Promise<Answer> => {
      const method = operation.split(' ')[0]!.toUpperCase();
      const sent = typeof body === 'string' ? body : JSON.stringify(body);
      const all = { authorization, ...(body === undefined ? {} : JSON_TYPE), ...headers };
      return judge(operation, await exchange(url, { method, path, headers: all, body: sent }));
    };

    beforeAll(async () => {
      node = await startMemcached();
      const control = controlServers([{ service: 'memcached', server: node }]);
      const env = { ...ownEnvironment({ postgres, opensearch, memcached: node.address }), SEARCH_TIMEOUT_MS: '20000' };
      demo = await startDemoUnderTest(
        { ...env, ...UNLIMITED, DEMO_FAULTS: 'on', EDITS: 'login' },
        {
          servers: async (request) => {
            const own = await control(request);
            return request.action === 'list' ? [...own, LOST] : own;
          },
          searchCommand: [process.execPath, ...TYPESCRIPT, SEARCH],
        },
      );
      const url = new URL((env as Record<string, string>)['POSTGRES_URL']!);
      database = await breakable(url.hostname, Number(url.port));
      url.hostname = '127.0.0.1';
      url.port = String(database.port);
      strict = await startDemoUnderTest({ ...env, ...ONCE, TRUSTED_PROXIES: 'loopback' });
      poor = await startDemoUnderTest({
        ...env,
        ...UNLIMITED,
        POSTGRES_URL: url.href,
        OPENSEARCH_URL: NOWHERE,
        MEMCACHED_SERVERS: '127.0.0.1:9',
        SEARCH_TIMEOUT_MS: '2000',
      });
      document = JSON.parse((await exchange(demo.url, { method: 'GET', path: '/docs-json' })).body) as Described;
      check = new DocumentCheck(document);
      const login = await call(demo.url, {
        ...RIGHT.find(({ path }) => path === '/login')!,
        headers: { authorization: '' },
      });
      authorization = `Bearer ${(JSON.parse(login.body) as { token: string }).token}`;
    }, 120_000);

    afterEach(() => expect(complaints.splice(0)).toEqual([]));

    afterAll(async () => {
      await database?.cut();
      await Promise.all([poor?.stop(), strict?.stop()]);
      await demo?.remove();
      if (demo !== undefined) await deleteIndices(demo.env);
      await node?.stop();
    }, 60_000);

    it('describes what right calls answer, streams and conditional ones too', async () => {
      for (const each of RIGHT) {
        const { status, headers } = await call(demo.url, each);
        expect([each.operation, status]).toEqual([each.operation, /knock|^delete/.test(each.operation) ? 204 : 200]);
        if (headers['etag'] !== undefined && each.operation.startsWith('get'))
          expect((await call(demo.url, { ...each, headers: { 'if-none-match': '*' } })).status).toBe(304);
      }
      for (const action of ['freeze', 'resume'])
        await call(demo.url, {
          operation: 'post /machine-room/servers',
          path: '/machine-room/servers',
          body: { address: node.address, action },
        });
      const stream = await openStream(demo.url, '/machine-room/events');
      stream.end();
      judge('get /machine-room/events', stream);
    }, 60_000);

    it('describes what wrong calls answer', async () => {
      for (const each of WRONG) expect((await call(demo.url, each)).status).toBeGreaterThanOrEqual(400);
      const bodies = RIGHT.filter(({ body }) => body !== undefined).concat({
        operation: 'post /machine-room/servers',
        path: '/machine-room/servers',
      });
      for (const each of bodies) {
        const sent = async (body: string, headers: Record<string, string> = JSON_TYPE) =>
          (await call(demo.url, { ...each, body, headers: { authorization, ...headers } })).status;
        expect([
          await sent('{"unknown":1}'),
          await sent('{"'),
          await sent(`{"a":"${'a'.repeat(20_000)}"}`),
          await sent('a=b', { 'content-type': 'text/plain' }),
          await sent('{}', { 'content-type': 'application/json; charset=latin1' }),
          await sent('{}', { 'content-type': 'application/json', 'content-encoding': 'compress' }),
        ]).toEqual([400, 400, 413, 415, 415, 415]);
      }
      const servers = { operation: 'post /machine-room/servers', path: '/machine-room/servers' };
      const killed = async (address: string) =>
        (await call(demo.url, { ...servers, body: { address, action: 'kill' } })).status;
      expect([await killed('wrong'), await killed(LOST.address)]).toEqual([404, 502]);
      const migration = { operation: 'post /machine-room/migration', path: '/machine-room/migration' };
      expect((await call(demo.url, { ...migration, body: { step: 'start' } })).status).toBe(409);
    }, 60_000);

    it('describes what is answered over the limit, and outside of the demo', async () => {
      const servers = { operation: 'post /machine-room/servers', path: '/machine-room/servers' };
      const limited = [...RIGHT, { ...servers, body: { address: 'any', action: 'kill' } }].filter(
        ({ operation }) => !/health|topology|metrics/.test(operation),
      );
      for (const each of limited) {
        const first = await call(strict.url, each);
        const second = await call(strict.url, each);
        expect([each.operation, first.status < 500, second.status]).toEqual([each.operation, true, 429]);
      }
      const events = 'get /machine-room/events';
      const streams = await Promise.all(
        Array.from({ length: 64 }, (_, at) =>
          openStream(strict.url, '/machine-room/events', { 'x-forwarded-for': `203.0.113.${1 + Math.floor(at / 8)}` }),
        ),
      );
      const more = await openStream(strict.url, '/machine-room/events', { 'x-forwarded-for': '203.0.113.99' });
      expect(judge(events, more).status).toBe(503);
      streams[0]!.end();
      const again = async () => {
        const answer = await openStream(strict.url, '/machine-room/events', { 'x-forwarded-for': '203.0.113.2' });
        if (answer.status === 503) return again();
        return answer;
      };
      expect(judge(events, await again()).status).toBe(429);
      for (const stream of streams) stream.end();
    }, 60_000);

    it('describes what is answered while a server is away', async () => {
      const engine = RIGHT.filter(({ operation }) => /search|suggest|similar|^get \/export/.test(operation));
      for (const each of engine) expect((await call(poor.url, each)).status).toBe(503);
      await database.cut();
      const ready = RIGHT.filter(({ operation }) => /health(\/ready)?$/.test(operation));
      for (const each of ready) expect((await call(poor.url, each)).status).toBe(503);
      const rows = RIGHT.filter(({ operation }) => /addresses|presidents|reset|login/.test(operation));
      for (const each of rows) expect((await call(poor.url, each)).status).toBe(500);
      await until(
        () => migrationState(demo.url),
        (state) => state !== 'migrating',
      );
      await fetch(`${opensearch}/${demo.env['DEMO_PREFIX']}*/_close`, { method: 'POST' });
      for (const each of engine) expect((await call(demo.url, each)).status).toBe(500);
    }, 120_000);

    it('names no answer that is not given', () => expect(check.missing).toEqual([]));

    it('answers other methods 405 with those that there are', async () => {
      for (const path of ['/search', '/addresses/export', '/addresses/3', '/presidents/1', '/machine-room/events']) {
        const { status, headers } = await exchange(demo.url, { method: 'PUT', path });
        const { status: asked, headers: told } = await exchange(demo.url, { method: 'OPTIONS', path });
        expect([status, asked, headers['content-type']]).toEqual([405, 204, 'application/problem+json']);
        expect(headers['allow']).toBe(path.startsWith('/presidents') ? 'PATCH, DELETE' : 'GET, HEAD');
        expect(told['allow']).toBe(headers['allow']);
      }
    });

    it('gives examples out of the data', () => {
      const exampleOf = (name: string) => {
        const { properties = {} } = document.components.schemas[name]!;
        const examples = Object.entries(properties).filter(([, { example }]) => example !== undefined);
        return Object.fromEntries(examples.map(([key, { example }]) => [key, example]));
      };
      const bodyOf = (path: string) => typed.find((each) => each.path === path && each.status === 200)!.body;
      const address = bodyOf('/addresses/{id}') as { president: object };
      expect(address).toMatchObject(exampleOf('AddressDto'));
      expect(address).toMatchObject(exampleOf('AddressSummary'));
      expect(address.president).toEqual(exampleOf('PresidentDto'));
      const { facets, hits } = bodyOf('/search') as { facets: Record<string, object[]>; hits: object[] };
      expect(hits.length).toBeGreaterThan(0);
      expect(facets['president']).toContainEqual(expect.objectContaining(exampleOf('PresidentCount')));
      expect(facets['decade']).toContainEqual(expect.objectContaining(exampleOf('DecadeCount')));
      expect(facets['year']).toContainEqual(expect.objectContaining(exampleOf('YearCount')));
    });

    it('gives a client types that fit every answer', async () => {
      expect(typed.length).toBeGreaterThan(50);
      expect(await complaintsOfTypes(document, typed)).toEqual([]);
      const [first] = typed;
      const broken = { ...first!, body: { unknown: 1 } };
      expect(await complaintsOfTypes(document, [broken])).not.toEqual([]);
    }, 60_000);
  });
});
