/** Options over their defaults, where an option that is `undefined` was not given. */
export function withDefaults<T extends object>(defaults: Readonly<T>, options: Partial<T>): T {
  const given = Object.entries(options).filter(([name, value]) => name in defaults && value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) };
}
