import { Field, GraphQLModule, Int, Mutation, ObjectType, Query, Resolver, Args } from '@nestjs/graphql';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { UseGuards, UseInterceptors } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  Limiter,
  LimiterModule,
  memoryStorage,
  RateLimit,
  RateLimitGuard,
  RateLimitInterceptor,
  type LimiterModuleOptions,
} from '@rookery/limiter';
import { startHttpApp, type HttpApp, type Platform } from './http-app.js';

@ObjectType()
class Book {
  @Field(() => Int) id!: number;
}

@Resolver(() => Book)
@UseGuards(RateLimitGuard)
@UseInterceptors(RateLimitInterceptor)
class BookResolver {
  @RateLimit('api')
  @Query(() => Book)
  book(): Book {
    return { id: 1 };
  }

  @RateLimit({
    name: 'by-key',
    limit: 1,
    per: '1h',
    bucket: (c) => (c.request as { headers: Record<string, string> }).headers['x-key'],
  })
  @Query(() => Book)
  keyed(): Book {
    return { id: 2 };
  }

  @RateLimit('login', { bucket: () => 'ann' })
  @Mutation(() => Boolean)
  login(@Args('password', { type: () => String }) password: string): boolean {
    if (password !== 'right') throw new Error('wrong password');
    return true;
  }
}

interface GraphqlAnswer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: unknown;
    readonly extensions: Record<string, unknown>;
  }[];
}

describe.each<Platform>(['express', 'fastify'])('guard in GraphQL, by Apollo over %s', (platform) => {
  let app: HttpApp;
  /** Over Fastify, Nest's driver passes the reply on only where that is set. */
  const withReply = platform === 'fastify' ? { context: (req: unknown, res: unknown) => ({ req, res }) } : {};
  const start = async (more: Partial<LimiterModuleOptions> = {}, graphql: Partial<ApolloDriverConfig> = withReply) => {
    const policies = { api: { limit: 3, per: '1m' }, login: { limit: 2, per: '1h', count: 'failures' } } as const;
    app = await startHttpApp(platform, {
      imports: [
        LimiterModule.forRoot({ storage: memoryStorage({ clock: () => 0 }), policies, trustedProxies: 1, ...more }),
        GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true, ...graphql }),
      ],
      providers: [BookResolver, { provide: APP_GUARD, useExisting: RateLimitGuard }],
    });
  };
  const ask = async (query: string, headers: Record<string, string> = {}) => {
    const { body, ...answer } = await app.call('/graphql', { method: 'post', body: { query }, headers });
    return { ...answer, ...(body as GraphqlAnswer) };
  };
  afterEach(() => app.close());

  it('refuses with a code and a problem, and sets the headers of the response', async () => {
    await start();
    const first = await ask('{ book { id } }');
    expect(first).toMatchObject({ status: 200, data: { book: { id: 1 } }, headers: { ratelimit: '"api";r=2;t=20' } });
    await ask('{ book { id } }');
    await ask('{ book { id } }');
    const refused = await ask('{ book { id } }');
    expect(refused.headers['retry-after']).toBe('20');
    expect(refused.headers['content-type']).toMatch(/^application\/(json|graphql-response\+json)/);
    expect(refused.errors).toMatchObject([
      {
        message: "Rate limit 'api' is used up: retry in 20 s.",
        path: ['book'],
        extensions: {
          code: 'RATE_LIMITED',
          problem: {
            type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
            'violated-policies': ['api'],
          },
        },
      },
    ]);
  });

  it('refuses also where the context is the one of the driver alone', async () => {
    await start({}, {});
    for (let call = 0; call < 3; call++) expect((await ask('{ book { id } }')).errors).toBeUndefined();
    expect((await ask('{ book { id } }')).errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
  });

  it('counts each alias of a query, and each once for a global and a resolver guard', async () => {
    await start();
    const answer = await ask(
      'mutation { a: login(password: "x") b: login(password: "x") c: login(password: "right") }',
    );
    expect(answer.errors?.map(({ path, extensions }) => [path, extensions['code']])).toEqual([
      [['a'], 'INTERNAL_SERVER_ERROR'],
    ]);
    expect((await app.nest.get(Limiter).peek('login', 'ann')).remaining).toBe(1);
  });

  it('counts failures alone where a policy says so', async () => {
    await start();
    for (let attempt = 0; attempt < 5; attempt++)
      expect(await ask('mutation { login(password: "right") }')).toMatchObject({ data: { login: true } });
    for (let attempt = 0; attempt < 2; attempt++)
      expect((await ask('mutation { login(password: "wrong") }')).errors?.[0]?.message).toBe('wrong password');
    expect((await ask('mutation { login(password: "right") }')).errors?.[0]?.extensions['code']).toBe('RATE_LIMITED');
  });

  it('finds the request: its headers, and the address behind the proxy', async () => {
    await start();
    expect((await ask('{ keyed { id } }', { 'x-key': 'k1' })).errors).toBeUndefined();
    expect((await ask('{ keyed { id } }', { 'x-key': 'k1' })).errors).toHaveLength(1);
    expect((await ask('{ keyed { id } }', { 'x-key': 'k2' })).errors).toBeUndefined();
    for (let call = 0; call < 3; call++) await ask('{ book { id } }', { 'x-forwarded-for': '192.0.2.1' });
    expect((await ask('{ book { id } }', { 'x-forwarded-for': '192.0.2.1' })).errors).toHaveLength(1);
    expect((await ask('{ book { id } }', { 'x-forwarded-for': '192.0.2.2' })).errors).toBeUndefined();
  });

  it('tells a storage that is down apart', async () => {
    const storage = {
      ...memoryStorage(),
      name: 'down',
      capabilities: { serverClock: true, multiKeyAtomic: false },
      apply: () => Promise.reject(new Error('down')),
      read: () => Promise.reject(new Error('down')),
      delete: () => undefined,
    };
    await start({ storage, onStorageError: 'closed' });
    const answer = await ask('{ book { id } }');
    expect(answer.errors).toMatchObject([{ extensions: { code: 'RATE_LIMIT_UNAVAILABLE', problem: { status: 503 } } }]);
    expect(answer.headers['retry-after']).toBe('1');
  });
});
