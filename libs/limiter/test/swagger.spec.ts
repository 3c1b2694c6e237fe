import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  ApiAcceptedResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiProperty,
  ApiTooManyRequestsResponse,
  DocumentBuilder,
  SwaggerModule,
} from '@nestjs/swagger';
import { LimiterModule, memoryStorage, RateLimit, RateLimitGuard, SkipRateLimit } from '@rookery/limiter';
import { documentRateLimits } from '@rookery/limiter/swagger';
import { startHttpApp, type HttpApp } from './http-app.js';

const LIMIT_HEADERS = [
  'RateLimit-Policy',
  'RateLimit',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
];

class Item {
  @ApiProperty() id!: number;
}

@Controller('jobs')
@RateLimit('api')
@ApiAcceptedResponse({ description: 'Taken on' })
class JobsController {
  @HttpCode(202) @Post() start() {
    return {};
  }
}

@Controller('items')
@RateLimit('api')
class ItemsController {
  @Get() @ApiOkResponse({ description: 'All items' }) list() {
    return [];
  }
  @RateLimit({ name: 'export', limit: 1, per: '1h' }) @Get('export') export() {
    return [];
  }
  @SkipRateLimit() @Get('health') health() {
    return 'ok';
  }
  @Post() create() {
    return {};
  }
  @HttpCode(202) @ApiNotFoundResponse({ description: 'No such item' }) @Post('later') later() {
    return {};
  }
  @ApiOkResponse({ description: 'One', headers: { RateLimit: { description: 'Mine' } } }) @Get('one') one() {
    return {};
  }
  @Get('found') found() {
    return {};
  }
  /** As the plugin of @nestjs/swagger leaves it. */
  static _OPENAPI_METADATA_FACTORY() {
    return { found: { type: Item } };
  }
  @ApiTooManyRequestsResponse({ description: 'My own' }) @Get('own') own() {
    return 'ok';
  }
}

interface Response {
  readonly description: string;
  readonly headers?: Record<string, unknown>;
  readonly content?: Record<string, { schema: { properties: Record<string, unknown> } }>;
}

describe('documented rate limits', () => {
  let app: HttpApp;
  let responsesOf: (path: string, method?: 'get' | 'post') => Record<string, Response>;
  beforeEach(async () => {
    const policies = { api: { limit: 3, per: '1m' } } as const;
    app = await startHttpApp('express', {
      imports: [LimiterModule.forRoot({ storage: memoryStorage(), policies })],
      controllers: [ItemsController, JobsController],
      providers: [{ provide: APP_GUARD, useExisting: RateLimitGuard }],
    });
    documentRateLimits(app.nest);
    const document = SwaggerModule.createDocument(app.nest, new DocumentBuilder().build());
    responsesOf = (path, method = 'get') => document.paths[path]![method]!.responses as Record<string, Response>;
  });
  afterEach(() => app.close());

  it('shows the 429 of a limited route, beside what is documented already', () => {
    const { 200: ok, 429: refused } = responsesOf('/items');
    expect(ok!.description).toBe('All items');
    expect(refused!.description).toBe('Refused by the rate limit api.');
    expect(Object.keys(refused!.headers!)).toEqual(['Retry-After', ...LIMIT_HEADERS]);
    expect(Object.keys(refused!.content!['application/problem+json']!.schema.properties)).toEqual([
      'type',
      'title',
      'status',
      'detail',
      'violated-policies',
    ]);
  });

  it('names all policies of a route', () =>
    expect(responsesOf('/items/export')[429]!.description).toBe('Refused by one of the rate limits api, export.'));

  it.each([
    ['get', '/items', '200'],
    ['get', '/items/export', '200'],
    ['get', '/items/own', '200'],
    ['post', '/items', '201'],
    ['post', '/items/later', '202'],
    ['post', '/jobs', '202'],
  ] as const)('shows the headers of what passes %s %s: %s', (method, path, status) => {
    const responses = responsesOf(path, method);
    expect(Object.keys(responses).filter((each) => each.startsWith('2'))).toEqual([status]);
    expect(Object.keys(responses[status]!.headers!)).toEqual(LIMIT_HEADERS);
  });

  it('keeps what is documented of an answer, and of a header', () => {
    expect(responsesOf('/items/later', 'post')[404]!.description).toBe('No such item');
    expect(responsesOf('/jobs', 'post')[202]!.description).toBe('Taken on');
    expect(responsesOf('/items/one')[200]!.headers!['RateLimit']).toEqual({ description: 'Mine' });
    expect(responsesOf('/items/found')[200]!.content!['application/json']!.schema).toEqual({
      $ref: '#/components/schemas/Item',
    });
  });

  it('shows the headers that the guard sends', async () => {
    const { headers } = await app.call('/items');
    expect(LIMIT_HEADERS.filter((name) => headers[name.toLowerCase()] === undefined)).toEqual([]);
  });

  it('leaves a route without limits alone', () => {
    expect(responsesOf('/items/health')[429]).toBeUndefined();
    expect(responsesOf('/items/health')[200]!.headers).toBeUndefined();
  });

  it('leaves a 429 that a route documents itself', () =>
    expect(responsesOf('/items/own')[429]!.description).toBe('My own'));
});
