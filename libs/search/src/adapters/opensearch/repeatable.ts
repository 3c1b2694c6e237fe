import type { HttpRequest } from './http.js';

/** Ends of paths that read, though they are posted. */
const READS: ReadonlySet<string> = new Set([
  '_search',
  '_msearch',
  '_count',
  '_mget',
  '_search_shards',
  'query',
  'point_in_time',
]);

/** Whether a request may be sent twice: it changes nothing that a second one would change again. */
export function isRepeatable({ method, path, query }: HttpRequest): boolean {
  if (method === 'GET' || method === 'HEAD') return true;
  if (method !== 'POST' || query?.['scroll'] !== undefined) return false;
  return READS.has(path.at(-1) ?? '') || path.includes('_explain');
}

/** Whether it searches: those share a limit of how many run at once. */
export function isSearch({ path }: HttpRequest): boolean {
  return (
    path.some((segment) => segment === '_search' || segment === '_msearch' || segment === '_count') &&
    !path.includes('point_in_time') &&
    !path.includes('scroll')
  );
}
