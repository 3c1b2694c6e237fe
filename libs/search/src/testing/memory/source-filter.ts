type Json = Readonly<Record<string, unknown>>;

/** What of a source comes with a hit: `undefined` for none of it. @param wanted the value of `_source` in a search body */
export function filteredSource(source: unknown, wanted: unknown): unknown {
  if (wanted === false) return undefined;
  if (wanted === undefined || wanted === true) return source;
  const { includes = [], excludes = [] } = (
    typeof wanted === 'string' || Array.isArray(wanted) ? { includes: [wanted].flat() } : wanted
  ) as { includes?: readonly string[]; excludes?: readonly string[] };
  return pick(source, '', [includes].flat().map(pattern), [excludes].flat().map(pattern)) ?? {};
}

/** A pattern with `*` of a path, or of one that it is in. */
function pattern(text: string): RegExp {
  const escaped = text.replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`).replaceAll('*', '.*');
  return new RegExp(`^${escaped}(\\..*)?$`, 's');
}

function pick(value: unknown, path: string, includes: readonly RegExp[], excludes: readonly RegExp[]): unknown {
  if (path !== '' && excludes.some((one) => one.test(path))) return undefined;
  const whole = path !== '' && included(path, includes);
  if (Array.isArray(value)) {
    const kept = value
      .map((element) => pick(element, path, includes, excludes))
      .filter((one) => one !== undefined && !isEmpty(one));
    return kept.length > 0 || whole ? kept : undefined;
  }
  if (typeof value !== 'object' || value === null) return whole ? value : undefined;
  const entries = Object.entries(value as Json)
    .map(([name, inner]) => [name, pick(inner, path === '' ? name : `${path}.${name}`, includes, excludes)] as const)
    .filter(([, inner]) => inner !== undefined);
  return entries.length > 0 || whole ? Object.fromEntries(entries) : undefined;
}

function included(path: string, includes: readonly RegExp[]): boolean {
  return includes.length === 0 || includes.some((one) => one.test(path));
}

/** An element of which nothing is left. */
function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}
