import { isDeepStrictEqual } from 'node:util';
import type { BulkOperation } from '../../contracts/engine.js';
import { refused, unclaimed } from './refusals.js';

type Update = Extract<BulkOperation, { action: 'update' }>;
type Json = Readonly<Record<string, unknown>>;

interface UpdateBody {
  readonly doc?: Json;
  readonly doc_as_upsert?: boolean;
  readonly upsert?: Json;
  readonly script?: unknown;
}

/**
 * The source after an update.
 *
 * @returns `undefined` where nothing changes @throws SearchUnclaimedError for a script
 */
export function changedSource({ id, source }: Update, before: string | undefined): string | undefined {
  const { doc, doc_as_upsert, upsert, script } = JSON.parse(source) as UpdateBody;
  if (script !== undefined) throw unclaimed('scripts');
  if (doc === undefined)
    throw refused('action_request_validation_exception', `update of '${id}' has neither doc nor script`);
  if (before === undefined) {
    const first = upsert ?? (doc_as_upsert ? doc : undefined);
    if (first) return JSON.stringify(first);
    throw refused('document_missing_exception', `[${id}]: document missing`, 404);
  }
  const old = JSON.parse(before) as Json;
  const changed = merged(old, doc);
  return isDeepStrictEqual(old, changed) ? undefined : JSON.stringify(changed);
}

function merged(before: Json, change: Json): Json {
  const parts = Object.entries(change).map(([name, value]) => {
    const old = before[name];
    return [name, isPart(old) && isPart(value) ? merged(old, value) : value] as const;
  });
  return { ...before, ...Object.fromEntries(parts) };
}

function isPart(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
