import { Inject, mixin, Optional, UseInterceptors } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor, Type } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { from, map, of, switchMap, takeLast } from 'rxjs';
import type { Observable } from 'rxjs';

import { HerdNamespace } from '../../cache/herd-namespace.js';
import type { Namespace } from '../../contracts/cache.js';
import { checked } from '../../support/option-checks.js';
import { ttlMs } from '../../support/ttl.js';
import { checkResponseOptions } from './cache-response-options.js';
import type { CacheResponseOptions } from './cache-response-options.js';
import { getNamespaceToken } from '../tokens.js';
import { requestOf, responseOf } from './exchange.js';
import type { HttpRequest } from './exchange.js';
import { directivesOf } from './freshness.js';
import { kept, replay, withEtag } from './kept-response.js';
import type { KeptResponse, Varying } from './kept-response.js';
import { checkHandler, responseKey, variantKey, versionHeaders } from './response-key.js';

type Found = Readonly<{ cache: Pick<Namespace, 'get' | 'set'>; record?: KeptResponse; names: readonly string[] }>;

const defaults = Object.freeze({
  vary: ['accept', 'accept-language'],
  private: ['authorization', 'cookie', 'x-api-key'],
  statuses: [200, 203, 300, 301, 308, 410],
});

/** Where Nest notes that a handler sends events, whose responses have no end, or redirects, by a status that is set only then. */
const notKeptMetadata = ['__sse__', '__redirect__'];

/** Where Nest notes that a handler gives what a page is made of: the page has an `ETag`, and a 304, of the server's own. */
const renderMetadata = '__renderTemplate__';

/**
 * Answers GET requests from a namespace: with status, headers that the handler set, `ETag` (304 for a client that has it)
 * and `Age`. A response is kept apart by URL, host, handler, version and the headers of `vary` and of its own `Vary`. It is
 * not kept where its headers forbid it, or where it sets a cookie; nor where it is no JSON or text. A cache that fails is one
 * that has nothing.
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
  const { namespace: name, herd, ttl, key, statuses = defaults.statuses, cacheControl } = options;
  const vary = lowerCase(options.vary ?? defaults.vary);
  const callers = lowerCase(options.private ?? defaults.private).filter((header) => !vary.includes(header));
  const longestMs = ttlMs(ttl);

  class HerdCacheInterceptor implements NestInterceptor {
    constructor(
      @Inject(getNamespaceToken(name, herd)) private readonly namespace: Namespace,
      @Optional() @Inject(ApplicationConfig) private readonly application?: ApplicationConfig,
    ) {
      if (namespace instanceof HerdNamespace) namespace.checkTtl(ttl);
    }

    intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
      const handler = context.getHandler();
      if (context.getType() !== 'http' || notKeptMetadata.some((name) => Reflect.hasMetadata(name, handler)))
        return next.handle();
      const request = requestOf(context);
      if (key) checkHandler(this.namespace, context);
      const versioning = this.application?.getVersioning();
      const place = mayAsk(request) ? responseKey(context, { vary, key }, versioning) : undefined;
      if (place === undefined) return next.handle();
      const response = responseOf(context);
      const answer = <Body>(record: KeptResponse, body: () => Body): Body | undefined =>
        Reflect.hasMetadata(renderMetadata, handler) ? body() : withEtag(record, request, response, body);
      const said = [...(options.vary ? vary : []), ...versionHeaders(versioning)];
      return from(this.find(place, request)).pipe(
        switchMap(({ record, names, cache }) => {
          if (record) {
            response.addVary([...said, ...names]);
            return of(answer(record, replay(record, response, this.now())));
          }
          const before = response.headers;
          return next.handle().pipe(
            // Nest, too, sends the last value alone.
            takeLast(1),
            map((body: unknown) => {
              if (response.isSent) return body;
              const rules = { statuses, ttlMs: longestMs, now: this.now() };
              if (cacheControl !== undefined && response.header('cache-control') === '')
                response.setHeader('cache-control', cacheControl);
              const made = kept(body, response, before, rules);
              response.addVary(said);
              if (!made) return body;
              this.keep(cache, place, request, made, names);
              return answer(made.record, () => body);
            }),
          );
        }),
      );
    }

    /** @returns `cache` as it is before the handler runs: what that makes for it is not found after a `clear()` meanwhile. */
    private async find(place: string, request: HttpRequest): Promise<Found> {
      const cache = this.namespace instanceof HerdNamespace ? this.namespace.pinned() : this.namespace;
      const read = async (key: string): Promise<KeptResponse | Varying | undefined> =>
        cache.get<KeptResponse | Varying>(key).catch(() => undefined);
      const found = await read(place);
      if (found?.kind !== 'vary') return { cache, ...(found && { record: found }), names: [] };
      const variant = await read(variantKey(place, request, found.names));
      return { cache, ...(variant?.kind === 'response' && { record: variant }), names: found.names };
    }

    /** @param known by what the other responses of this place vary. */
    private keep(
      cache: Found['cache'],
      place: string,
      request: HttpRequest,
      { record, lifeMs, vary: own }: NonNullable<ReturnType<typeof kept>>,
      known: readonly string[],
    ): void {
      const names = [...new Set([...known, ...own])].filter((header) => !vary.includes(header)).sort();
      const life = { ttl: lifeMs === Infinity ? ('never' as const) : lifeMs };
      const write = async (): Promise<void> => {
        if (names.length === 0) return void (await cache.set(place, record, life));
        await cache.set(variantKey(place, request, names), record, life);
        await cache.set(place, { kind: 'vary', names } satisfies Varying, { ttl });
      };
      void write().catch(() => undefined);
    }

    private now(): number {
      return this.namespace instanceof HerdNamespace ? this.namespace.now() : Date.now();
    }
  }
  return mixin(HerdCacheInterceptor);

  /** A client may forbid that its answer is stored, but not force a new one, so that its reloads do not reach the handler. */
  function mayAsk({ method, headers }: HttpRequest): boolean {
    return (
      method === 'GET' &&
      callers.every((header) => headers[header] === undefined) &&
      !directivesOf(String(headers['cache-control'] ?? '')).has('no-store')
    );
  }
}

const lowerCase = (names: readonly string[]): readonly string[] => names.map((name) => name.toLowerCase());
