const VARYING = /\.score$|\.words\[\d+\]\.count$/;

/**
 * Compares an answer with one that is shown shortened: text may end in `…`, a list in the element `…`. Of scores and of
 * counts in a sample, which hang on how the index came about, only that they are numbers matters.
 *
 * @returns what differs, by path.
 */
export function differences(shown: unknown, actual: unknown, path = ''): string[] {
  if (typeof shown === 'string' && shown.endsWith('…'))
    return typeof actual === 'string' && actual.startsWith(shown.slice(0, -1).trimEnd())
      ? []
      : [told(path, shown, actual)];
  if (Array.isArray(shown)) return elementsThatDiffer(shown, actual, path);
  if (typeof shown === 'object' && shown !== null) {
    const names = new Set([...Object.keys(shown), ...Object.keys(actual ?? {})]);
    return [...names].flatMap((name) =>
      differences(shown[name as never], (actual as Record<string, unknown> | null)?.[name], `${path}.${name}`),
    );
  }
  const same = VARYING.test(path) && typeof shown === 'number' ? typeof actual === 'number' : shown === actual;
  return same ? [] : [told(path, shown, actual)];
}

function elementsThatDiffer(shown: readonly unknown[], actual: unknown, path: string): string[] {
  const cut = shown.at(-1) === '…';
  const elements = cut ? shown.slice(0, -1) : shown;
  if (!Array.isArray(actual) || (cut ? actual.length < elements.length : actual.length !== elements.length))
    return [told(path, shown, actual)];
  return elements.flatMap((element, at) => differences(element, actual[at], `${path}[${at}]`));
}

const told = (path: string, shown: unknown, actual: unknown): string =>
  `${path}: ${JSON.stringify(shown)} is shown, ${JSON.stringify(actual)} was answered`;
