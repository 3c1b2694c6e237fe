import { Inject, mixin, StreamableFile, UseInterceptors } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor, Type } from '@nestjs/common';
import { from, of, switchMap, tap } from 'rxjs';
import type { Observable } from 'rxjs';

import { HerdNamespace } from '../cache/herd-namespace.js';
import type { Namespace } from '../contracts/cache.js';
import type { Ttl } from '../contracts/ttl.js';
import { checked } from '../support/option-checks.js';
import type { NamespaceChoice } from './namespace-property.js';
import { checkResponseOptions } from './nest-options.js';
import { getNamespaceToken } from './tokens.js';

type Request = Readonly<{
  method: string;
  url: string;
  originalUrl?: string;
  headers: Readonly<Record<string, unknown>>;
}>;
type Response = Readonly<{ statusCode: number; getHeader(name: string): unknown }>;

/**
 * How `@CacheResponse` keeps a response.
 *
 * @property key one text per response; `undefined` for a request that is not to be cached. By default the URL of a
 * request that has neither a cookie nor an `Authorization`, as a response may be meant for one user alone.
 */
export type CacheResponseOptions = NamespaceChoice &
  Readonly<{ ttl: Ttl; key?: (context: ExecutionContext) => string | undefined }>;

/**
 * Answers GET requests from a namespace. Kept are bodies of status 200, unless the handler sets a cookie, or a
 * `Cache-Control` of `no-store` or `private`. A cache that fails is one that has nothing.
 *
 * @example
 * @Get('presidents')
 * @CacheResponse({ namespace: 'pages', ttl: '1m' })
 * list(): Promise<President[]> { … }
 */
export const CacheResponse = (options: CacheResponseOptions): ClassDecorator & MethodDecorator =>
  UseInterceptors(cacheInterceptor(options));

/** The interceptor of {@link CacheResponse}, for `app.useGlobalInterceptors` and `APP_INTERCEPTOR`. */
export function cacheInterceptor(options: CacheResponseOptions): Type<NestInterceptor> {
  checked((problems) => checkResponseOptions(problems, options));
  const { namespace: name, herd, ttl, key = publicUrl } = options;
  class HerdCacheInterceptor implements NestInterceptor {
    constructor(@Inject(getNamespaceToken(name, herd)) private readonly namespace: Namespace) {
      if (namespace instanceof HerdNamespace) namespace.checkTtl(ttl);
    }

    intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
      if (context.getType() !== 'http') return next.handle();
      const http = context.switchToHttp();
      const place = http.getRequest<Request>().method === 'GET' ? key(context) : undefined;
      if (place === undefined) return next.handle();
      const keep = (body: unknown) => {
        if (mayKeep(body, http.getResponse<Response>()))
          void this.namespace.set(place, body, { ttl }).catch(() => undefined);
      };
      const found = this.namespace.get(place).catch(() => undefined);
      return from(found).pipe(switchMap((body) => (body === undefined ? next.handle().pipe(tap(keep)) : of(body))));
    }
  }
  return mixin(HerdCacheInterceptor);
}

function publicUrl(context: ExecutionContext): string | undefined {
  const { url, originalUrl, headers } = context.switchToHttp().getRequest<Request>();
  return headers.authorization === undefined && headers.cookie === undefined ? (originalUrl ?? url) : undefined;
}

function mayKeep(body: unknown, response: Response): boolean {
  if (body === undefined || body instanceof StreamableFile || response.statusCode !== 200) return false;
  const control = response.getHeader('cache-control');
  return (
    response.getHeader('set-cookie') === undefined &&
    !(typeof control === 'string' && /no-store|private/i.test(control))
  );
}
