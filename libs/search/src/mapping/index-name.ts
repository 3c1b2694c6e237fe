/** OpenSearch's rules for the name of an index or alias. @returns what is wrong, if anything. */
export function indexNameProblem(name: string): string | undefined {
  if (name === '' || name === '.' || name === '..') return 'must not be empty or dots';
  if (name !== name.toLowerCase()) return 'must be lower case';
  if (/^[-_+]/.test(name)) return "must not start with '-', '_' or '+'";
  const refused = /[\\/*?"<>| ,#:]/.exec(name);
  if (refused) return `must not contain '${refused[0]}'`;
  return Buffer.byteLength(name) > MAX_BYTES ? `must not be longer than ${MAX_BYTES} bytes` : undefined;
}

/** OpenSearch allows 255; the concrete index adds a version, a hash and the attempt, its alias for writes `-writes`. */
const MAX_BYTES = 220;

/** `dev` and `passages` -> `dev-passages`. Reads and writes go to this alias. */
export function aliasName(prefix: string | undefined, name: string): string {
  return prefix ? `${prefix}-${name}` : name;
}

/** Whether an index is one of the concrete ones of an alias. @returns its generation. */
export function generationOf(alias: string, index: string): number | undefined {
  const rest = index.startsWith(`${alias}-v`)
    ? /^(\d+)-[0-9a-f]{8}(?:-[0-9a-z]+)?$/.exec(index.slice(alias.length + 2))
    : null;
  return rest ? Number(rest[1]) : undefined;
}

/**
 * `dev-passages-v1-3f2a9c01`: the index behind the alias; a new mapping makes a new one with the next number.
 *
 * @param attempt number of the migration that makes it: no two make an index of one name
 */
export function concreteName(alias: string, generation: number, hash: string, attempt?: number): string {
  return `${alias}-v${generation}-${hash}${attempt === undefined ? '' : `-${attempt.toString(36)}`}`;
}
