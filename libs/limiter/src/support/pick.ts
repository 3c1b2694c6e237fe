/** The options of `names` that `given` has, also by inheritance; anything that is no object as it is. */
export function pick<T>(given: T, names: readonly string[]): T {
  if (typeof given !== 'object' || given === null) return given;
  const values = given as Readonly<Record<string, unknown>>;
  return Object.fromEntries(names.filter((name) => name in given).map((name) => [name, values[name]])) as T;
}
