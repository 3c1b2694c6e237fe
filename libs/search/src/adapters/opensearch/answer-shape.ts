/** What an answer has to be, or to have, so that it can be one of an engine. Parts that are not named may be anything. */
export type AnswerShape =
  | 'boolean'
  | 'number'
  | 'string'
  | 'object'
  | 'list'
  | Readonly<{ has: Readonly<Record<string, AnswerShape>> }>
  | Readonly<{ listOf: AnswerShape }>
  | Readonly<{ mapOf: AnswerShape }>;

/** `{ has }`, the usual one. */
export const having = (has: Readonly<Record<string, AnswerShape>>): AnswerShape => ({ has });

/** Where `value` first differs from `shape`: `hits.hits`; `''` for the whole of it; `undefined` where it has that shape. */
export function misfit(value: unknown, shape: AnswerShape, path = ''): string | undefined {
  if (typeof shape === 'string') return isOf(value, shape) ? undefined : path;
  if ('listOf' in shape) return isOf(value, 'list') ? misfitWithin(value as object, shape.listOf, path) : path;
  if (!isOf(value, 'object')) return path;
  if ('mapOf' in shape) return misfitWithin(value as object, shape.mapOf, path);
  for (const [name, part] of Object.entries(shape.has)) {
    const at = misfit((value as Readonly<Record<string, unknown>>)[name], part, joined(path, name));
    if (at !== undefined) return at;
  }
  return undefined;
}

function misfitWithin(values: object, shape: AnswerShape, path: string): string | undefined {
  for (const [name, value] of Object.entries(values)) {
    const at = misfit(value, shape, joined(path, name));
    if (at !== undefined) return at;
  }
  return undefined;
}

function isOf(value: unknown, kind: Extract<AnswerShape, string>): boolean {
  if (kind === 'list') return Array.isArray(value);
  if (kind === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === kind;
}

const joined = (path: string, name: string): string => (path ? `${path}.${name}` : name);
