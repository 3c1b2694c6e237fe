import { unusable } from './unusable.js';
import type { Wire } from './wire-value.js';

/**
 * Painless source, or a script with parameters. Give what changes as `params`: the engine compiles each source once
 * and refuses too many different ones.
 */
export type Script =
  string | Readonly<{ source: string; params?: Wire; lang?: string }> | Readonly<{ id: string; params?: Wire }>;

export function wireScript(script: Script): Wire {
  if (typeof script === 'string') return { source: script };
  if (typeof script === 'object' && script !== null && ('source' in script || 'id' in script)) return script;
  throw unusable('script', 'script must be a source, { source, params } or { id, params }', script);
}
