/** What JSON writes in place of a Map, and of typed arrays. A text without these has lost nothing of that kind. */
const traces = ['{}', '{"0":'] as const;

/**
 * Finds what JSON has emptied without a word: of a Map, Set, RegExp, Error or Promise `{}` is left, of a typed array no array. What
 * has a `toJSON`, as a Date, defines its own JSON; and that `NaN` is `null` there is JSON's own rule.
 *
 * @param text the JSON of `value`.
 * @returns what was emptied, and where; `undefined` for nothing.
 */
export function jsonLoss(value: unknown, text: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return value instanceof Error || traces.some((trace) => text.includes(trace)) ? lossIn(value, '') : undefined;
}

function lossIn(value: object, path: string): string | undefined {
  if (typeof (value as Readonly<{ toJSON?: unknown }>).toJSON === 'function') return undefined;
  // Classes of an application are `[object Object]`, and read as plain objects of their members.
  const kind = Object.prototype.toString.call(value).slice('[object '.length, -1);
  if (!whole.has(kind)) return path === '' ? kind : `${kind} at ${path}`;
  const isList = Array.isArray(value);
  for (const [name, part] of Object.entries(value) as [string, unknown][]) {
    if (typeof part !== 'object' || part === null) continue;
    const loss = lossIn(part, isList ? `${path}[${name}]` : `${path}.${name}`);
    if (loss !== undefined) return loss;
  }
  return undefined;
}

/** Of these JSON writes all that they hold. */
const whole: ReadonlySet<string> = new Set(['Object', 'Array', 'Number', 'String', 'Boolean']);
