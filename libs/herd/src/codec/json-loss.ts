/** What JSON writes in place of a Map, of `NaN` and of typed arrays. A text without these has lost nothing of that kind. */
const traces = ['{}', 'null', '{"0":'] as const;

/**
 * Finds what JSON has changed without a word: a Map, Set, RegExp, Error or Promise is `{}` there, and `NaN`, or what is `undefined` in
 * an array, `null`. What has a `toJSON`, as a Date, says itself what it is in JSON; members that are `undefined` are as good as absent.
 *
 * @param text the JSON of `value`.
 * @returns what was changed, and where; `undefined` for nothing.
 */
export function jsonLoss(value: unknown, text: string): string | undefined {
  if (typeof value === 'number') return lossIn(value, '');
  if (typeof value !== 'object' || value === null) return undefined;
  return value instanceof Error || traces.some((trace) => text.includes(trace)) ? lossIn(value, '') : undefined;
}

function lossIn(value: unknown, path: string): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : found(String(value), path);
  if (typeof value !== 'object' || value === null || hasJson(value)) return undefined;
  if (Array.isArray(value)) return lossInArray(value, path);
  // Classes of an application are `[object Object]`, and read as plain objects of their members.
  const kind = Object.prototype.toString.call(value).slice('[object '.length, -1);
  if (kind !== 'Object' && !boxes.has(kind)) return found(kind, path);
  for (const [name, part] of Object.entries(value)) {
    const loss = typeof part === 'string' ? undefined : lossIn(part, `${path}.${name}`);
    if (loss !== undefined) return loss;
  }
  return undefined;
}

function lossInArray(list: readonly unknown[], path: string): string | undefined {
  for (let i = 0; i < list.length; i++) {
    const part = list[i];
    const place = `${path}[${i}]`;
    const loss = formless.has(typeof part) ? found(typeof part, place) : lossIn(part, place);
    if (loss !== undefined) return loss;
  }
  return undefined;
}

/** Of an array JSON makes these `null`. */
const formless: ReadonlySet<string> = new Set(['undefined', 'function', 'symbol']);

/** JSON writes their values. */
const boxes: ReadonlySet<string> = new Set(['Number', 'String', 'Boolean']);

const hasJson = (value: object): boolean => typeof (value as Readonly<{ toJSON?: unknown }>).toJSON === 'function';
const found = (what: string, path: string): string => (path === '' ? what : `${what} at ${path}`);
