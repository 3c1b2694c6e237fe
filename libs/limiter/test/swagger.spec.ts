import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiTooManyRequestsResponse, DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { LimiterModule, memoryStorage, RateLimit, SkipRateLimit } from '@rookery/limiter';
import { documentRateLimits } from '@rookery/limiter/swagger';
import { startHttpApp, type HttpApp } from './http-app.js';

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
  let responsesOf: (path: string) => Record<string, Response>;
  beforeEach(async () => {
    const policies = { api: { limit: 3, per: '1m' } } as const;
    app = await startHttpApp('express', {
      imports: [LimiterModule.forRoot({ storage: memoryStorage(), policies })],
      controllers: [ItemsController],
    });
    documentRateLimits(app.nest);
    const document = SwaggerModule.createDocument(app.nest, new DocumentBuilder().build());
    responsesOf = (path) => document.paths[path]!.get!.responses as Record<string, Response>;
  });
  afterEach(() => app.close());

  it('shows the 429 of a limited route, beside what is documented already', () => {
    const { 200: ok, 429: refused } = responsesOf('/items');
    expect(ok!.description).toBe('All items');
    expect(refused!.description).toBe('Refused by the rate limit api.');
    expect(Object.keys(refused!.headers!)).toEqual([
      'Retry-After',
      'RateLimit-Policy',
      'RateLimit',
      'X-RateLimit-Limit',
      'X-RateLimit-Remaining',
      'X-RateLimit-Reset',
    ]);
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

  it('leaves a route without limits alone', () => expect(responsesOf('/items/health')[429]).toBeUndefined());

  it('leaves a 429 that a route documents itself', () =>
    expect(responsesOf('/items/own')[429]!.description).toBe('My own'));
});
