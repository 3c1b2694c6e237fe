import { VersioningType } from '@nestjs/common';
import type { ExecutionContext, VersioningOptions } from '@nestjs/common';

import type { Namespace } from '../../contracts/cache.js';
import { HerdOptionError } from '../../errors/option-error.js';
import { HerdRequestError } from '../../errors/operation-errors.js';
import { isTaken } from '../name-owners.js';
import { requestOf } from './exchange.js';
import type { HttpRequest } from './exchange.js';

/** What a response depends on, as far as that is clear before the handler runs. */
export type KeyRules = Readonly<{
  vary: readonly string[];
  key: ((context: ExecutionContext) => string | undefined) | undefined;
}>;

/**
 * One text per response: the URL, or what `key` gives; where it was sent (scheme, host); by which handler, in which
 * version; and the request's headers of `vary`.
 *
 * @returns `undefined` where `key` gives that: the response is not to be kept.
 * @throws HerdRequestError for any other key that is no text: many would be one.
 */
export function responseKey(
  context: ExecutionContext,
  { vary, key }: KeyRules,
  versioning: VersioningOptions | undefined,
): string | undefined {
  const request = requestOf(context);
  const place: unknown = key ? key(context) : (request.originalUrl ?? request.url);
  if (place === undefined) return undefined;
  if (typeof place !== 'string')
    throw new HerdRequestError({
      what: 'key of @CacheResponse must give a text, or undefined for what is not to be cached',
      received: place,
      remedy: 'give a text that no other response has',
    });
  const { protocol, hostname, headers } = request;
  const handler = [context.getClass().name, context.getHandler().name];
  const where = [protocol, hostname, headers.host];
  return JSON.stringify([place, where, handler, versionOf(request, versioning), headersOf(request, vary)]);
}

/**
 * By URL no two handlers are one; by a key of their own those are whose classes and methods have the same names.
 *
 * @throws HerdOptionError for the second of them.
 */
export function checkHandler(namespace: Namespace, context: ExecutionContext): void {
  const [controller, handler] = [context.getClass(), context.getHandler()];
  const name = `${controller.name}.${handler.name}`;
  if (!isTaken(namespace, `response ${name}`, [controller, handler])) return;
  const requirement = `must be left out: two handlers of that name use the namespace ${JSON.stringify(namespace.name)}; give each a namespace of its own`;
  throw new HerdOptionError([{ option: 'key', received: name, requirement }]);
}

/** The request headers by which the application distinguishes versions. */
export function versionHeaders(versioning: VersioningOptions | undefined): readonly string[] {
  if (versioning?.type === VersioningType.HEADER) return [versioning.header.toLowerCase()];
  return versioning?.type === VersioningType.MEDIA_TYPE ? ['accept'] : [];
}

/** The key of a response that varies by `names` too. */
export const variantKey = (key: string, request: HttpRequest, names: readonly string[]): string =>
  `${key} ${JSON.stringify(headersOf(request, names))}`;

const headersOf = ({ headers }: HttpRequest, names: readonly string[]): readonly (readonly [string, unknown])[] =>
  [...names].sort().map((name) => [name, headers[name] ?? null]);

function versionOf(request: HttpRequest, versioning: VersioningOptions | undefined): unknown {
  if (versioning?.type === VersioningType.CUSTOM) return versioning.extractor(request);
  return headersOf(request, versionHeaders(versioning));
}
