import { jest } from '@jest/globals';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { AddressInfo } from 'node:net';
import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { MikroORM } from '@mikro-orm/postgresql';
import { Controller, Get, Module, type INestApplication } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule, type HealthCheckResult } from '@nestjs/terminus';
import { AwsSigv4Signer } from '@opensearch-project/opensearch/aws-v3';
import { Test } from '@nestjs/testing';
import { describeWith } from '@rookery/services';
import {
  getSearchToken,
  Indexed,
  InjectSearch,
  InjectSearchRepository,
  SearchField,
  SearchModelError,
  SearchModule,
  SearchService,
  type BulkDiagnostics,
  type RequestDiagnostics,
  type RetryDiagnostics,
  type SearchEvent,
  type SearchRepository,
} from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { SearchHealthIndicator, type SearchHealthOptions } from '@rookery/search/terminus';
import request from 'supertest';
import { ENTITIES, Passage } from './entities.js';
import { createOrm, dropIndices, dropOrm, OPENSEARCH_URL, ormConfig, uniqueName } from './harness.js';

/** Real servers on a loaded machine: each wait has a deadline of its own. */
jest.setTimeout(30_000);

@Entity()
@Indexed({ engine: 'logs', name: 'lines' })
class LogLine {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'text' }) line!: string;
}

let healthOptions: SearchHealthOptions = {};

@Controller()
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicator: SearchHealthIndicator,
    @InjectSearch() private readonly search: SearchService,
    @InjectSearch('logs') readonly logs: SearchService,
    @InjectSearchRepository(LogLine) readonly lines: SearchRepository<LogLine>,
    @InjectSearchRepository(Passage) readonly passages: SearchRepository<Passage>,
  ) {}

  @Get('health') @HealthCheck() check(): Promise<HealthCheckResult> {
    return this.health.check([() => this.indicator.check('search', this.search, healthOptions)]);
  }
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'several searches in one application', () => {
    const entities = [...ENTITIES, LogLine];
    const prefix = uniqueName();
    let database: MikroORM;
    let app: INestApplication;
    beforeAll(async () => {
      database = await createOrm(entities);
      const options = { prefix, engine: openSearch({ node: OPENSEARCH_URL }) };
      @Module({
        imports: [
          MikroOrmModule.forRoot({
            ...ormConfig(database.config.get('dbName'), entities),
            registerRequestContext: true,
          }) as never,
          SearchModule.forRoot(options),
          SearchModule.forRootAsync({
            name: 'logs',
            useFactory: () => ({ prefix: `${prefix}-logs`, engine: openSearch({ node: OPENSEARCH_URL }) }),
          }),
          SearchModule.forFeature([LogLine, Passage]),
          TerminusModule.forRoot({ logger: false }),
        ],
        providers: [SearchHealthIndicator],
        controllers: [HealthController],
      })
      class AppModule {}
      app = await (
        await Test.createTestingModule({ imports: [AppModule] }).compile()
      )
        .createNestApplication({ logger: false })
        .init();
    }, 40_000);
    afterAll(async () => {
      await app.close();
      await dropIndices(prefix);
      await dropOrm(database);
    }, 30_000);

    it('each have their own entities, and follow the database for them alone', async () => {
      const { lines, passages, logs } = app.get(HealthController);
      expect(lines.indexName).toBe(`${prefix}-logs-lines`);
      expect(passages.indexName).toBe(`${prefix}-passages`);
      const orm = app.get<MikroORM>((await import('@mikro-orm/core')).MikroORM);
      const em = orm.em.fork();
      em.create(LogLine, { id: 1, line: 'started' });
      await em.flush();
      await logs.settled();
      expect(await lines.count()).toBe(1);
      expect(app.get(getSearchToken('logs'))).toBe(logs);
      expect(() => logs.repository(Passage)).toThrow(SearchModelError);
      expect(() => app.get(SearchService).repository(LogLine)).toThrow(
        "LogLine: lives on the engine 'logs', not on the default one.",
      );
    });

    it('report their health, by the policy given', async () => {
      const server = app.getHttpServer() as Server;
      healthOptions = {};
      const up = await request(server).get('/health').expect(200);
      expect((up.body as HealthCheckResult).details['search']).toMatchObject({
        status: 'up',
        pending: 0,
        cluster: expect.stringMatching(/green|yellow/) as string,
      });
      healthOptions = { upFrom: 'green', maxPending: -1 };
      await request(server).get('/health').expect(503);
    });

    it('are down, with the reason, while the engine hangs', async () => {
      const hanging = createServer(() => undefined);
      const away = new SearchService(database, {
        engine: openSearch({ node: await listening(hanging) }),
        sync: 'manual',
        createIndices: false,
      });
      const { search } = await app.get(SearchHealthIndicator).check('search', away, { timeoutMs: 100 });
      expect(search).toMatchObject({ status: 'down', cluster: 'timeout' });
      await expect(app.get(SearchHealthIndicator).check('search', away, { upFrom: 'blue' as never })).rejects.toThrow(
        "upFrom must be 'green', 'yellow' or 'red' (got 'blue')",
      );
      await away.close();
      hanging.closeAllConnections();
      hanging.close();
    });

    it('report slow searches with the body that was sent', async () => {
      const events: SearchEvent[] = [];
      const search = new SearchService(database, {
        engine: openSearch({ node: OPENSEARCH_URL }),
        prefix,
        sync: 'manual',
        slowQueryMs: 0,
        onEvent: (event) => events.push(event),
      });
      const query = search
        .repository(Passage)
        .query()
        .must((q) => q.match('text', 'union'));
      await query.search();
      expect(events).toEqual([
        { type: 'slow-query', index: `${prefix}-passages`, tookMs: expect.any(Number) as number, body: query.toBody() },
      ]);
      await search.close();
      expect(
        () => new SearchService(database, { engine: openSearch({ node: OPENSEARCH_URL }), slowQueryMs: -1 }),
      ).toThrow('slowQueryMs must be a number of milliseconds, 0 or more (got -1)');
    });
  }),
);

describe('diagnostics and access', () => {
  let server: Server;
  let headers: IncomingHttpHeaders;
  let answers: { status: number; body: object }[];
  let node: string;
  beforeEach(async () => {
    server = createServer((incoming, response) => {
      headers = incoming.headers;
      incoming.resume().on('end', () => {
        const { status, body } = answers.shift() ?? { status: 200, body: { version: {}, _shards: { total: 1 } } };
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
    node = await listening(server);
    answers = [];
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('publishes requests, bulks and retries on their channels', async () => {
    const seen: [string, unknown][] = [];
    const listeners = ['request', 'bulk', 'retry'].map(
      (name) => [`rookery:search:${name}`, (message: unknown) => void seen.push([name, message])] as const,
    );
    for (const [name, listener] of listeners) subscribe(name, listener);
    const { MikroORM: Orm } = await import('@mikro-orm/postgresql');
    const orm = new Orm(ormConfig('none'));
    const search = new SearchService(orm, { engine: openSearch({ node }), sync: 'manual', createIndices: false });
    answers = [
      { status: 429, body: { error: { type: 'busy', reason: 'queue full' } } },
      { status: 200, body: { items: [{ delete: { _id: '1', status: 200 } }] } },
    ];
    await search.repository(Passage).delete(1);
    for (const [name, listener] of listeners) unsubscribe(name, listener);
    await search.close();
    await orm.close(true);
    expect(seen.map(([name]) => name)).toEqual(['request', 'bulk', 'retry', 'request', 'bulk']);
    expect(seen[0]![1] as RequestDiagnostics).toMatchObject({
      method: 'POST',
      path: '/passages/_bulk',
      operation: '_bulk',
      outcome: 'SEARCH_ENGINE_UNAVAILABLE',
    });
    expect(seen[1]![1] as BulkDiagnostics).toMatchObject({ operations: 1, failed: 1, attempt: 1 });
    expect(seen[2]![1] as RetryDiagnostics).toMatchObject({
      operations: 1,
      attempt: 1,
      reason: expect.stringContaining('queue full') as string,
    });
    expect(seen[4]![1] as BulkDiagnostics).toMatchObject({ operations: 1, failed: 0, attempt: 2 });
  });

  it.each([
    [{ username: 'u', password: 'p:w' }, `Basic ${Buffer.from('u:p:w').toString('base64')}`],
    [{ apiKey: 'abc' }, 'ApiKey abc'],
  ])('signs in with %j', async (auth, authorization) => {
    const engine = openSearch({ node, auth });
    await engine.ping();
    expect(headers.authorization).toBe(authorization);
    await engine.close();
  });

  it("signs requests for AWS by the client's own signer", async () => {
    const signer = AwsSigv4Signer({
      region: 'eu-central-1',
      service: 'es',
      getCredentials: () => Promise.resolve({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
    });
    const engine = openSearch({ node, client: signer });
    await engine.refresh('i');
    expect(headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-central-1\/es\/aws4_request/);
    await engine.close();
  });

  it('refuses half an authentication without telling the secret', () => {
    const half = (): unknown => openSearch({ node, auth: { username: 'u', password: '' } });
    expect(half).toThrow(
      'openSearch.auth must be { username, password } or { apiKey }, all of them strings that are not empty (got ["username","password"])',
    );
  });
});
