/**
 * How long a response may be kept, by its own headers.
 *
 * @param now epoch milliseconds.
 * @returns milliseconds, `Infinity` without any of them; 0 where it must not be kept.
 * @see RFC 9111, 3 and 4.2.1: `s-maxage` before `max-age` before `Expires`.
 */
export function allowedLifeMs(cacheControl: string, expires: string, now: number): number {
  const directives = directivesOf(cacheControl);
  if (['no-store', 'no-cache', 'private'].some((name) => directives.has(name))) return 0;
  const seconds = directives.get('s-maxage') ?? directives.get('max-age');
  if (seconds !== undefined) return /^\d+$/.test(seconds) ? Number(seconds) * 1000 : 0;
  if (expires === '') return Infinity;
  const at = Date.parse(expires);
  return Number.isNaN(at) ? 0 : Math.max(0, at - now);
}

/** `max-age=60, private` as a map; names in lower case, values without quotes. */
export function directivesOf(header: string): ReadonlyMap<string, string> {
  const directives = new Map<string, string>();
  for (const [, name, quoted, plain] of header.matchAll(/([\w-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,]+)))?/g))
    directives.set(name!.toLowerCase(), quoted ?? plain ?? '');
  return directives;
}

/** Whether a request's `If-None-Match` names `etag`. By the weak comparison, as RFC 9110, 13.1.2 has it. */
export function matchesEtag(ifNoneMatch: string, etag: string): boolean {
  if (ifNoneMatch.trim() === '*') return true;
  const opaque = (tag: string): string => tag.replace(/^W\//, '');
  return (ifNoneMatch.match(/(?:W\/)?"[^"]*"/g) ?? []).some((tag) => opaque(tag) === opaque(etag));
}
