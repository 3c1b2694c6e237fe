/** Raw SQL of the ORM (`raw()`, `sql`), and query builders as values. */
export function isRawSql(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { sql, params, getKnexQuery, toRaw } = value as Readonly<Record<string, unknown>>;
  return (
    (typeof sql === 'string' && Array.isArray(params)) ||
    typeof getKnexQuery === 'function' ||
    typeof toRaw === 'function'
  );
}

/** Conditions on the properties of rows, or operators with values: neither a value nor raw SQL. */
export function isConditions(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || isRawSql(value)) return false;
  const prototype = Object.getPrototypeOf(value) as unknown;
  return prototype === Object.prototype || prototype === null;
}

/** Whether raw SQL stands anywhere in `where`, as a key or as a value. */
export function holdsRawSql(where: unknown): boolean {
  if (Array.isArray(where)) return where.some(holdsRawSql);
  if (!isConditions(where)) return isRawSql(where);
  return rawKeysOf(where).length > 0 || Object.values(where).some(holdsRawSql);
}

/** Keys that stand for raw SQL: symbols, and marked texts in MikroORM 6. */
export function rawKeysOf(where: object): readonly (string | symbol)[] {
  return Reflect.ownKeys(where).filter((key) => typeof key === 'symbol' || key.startsWith('[raw]'));
}

/** Another copy of conditions for each query, as the ORM may write into what it is given. Values stay what they are. */
export function copyOfWhere<T>(where: T): T {
  if (Array.isArray(where)) return where.map((one: unknown) => copyOfWhere(one)) as T;
  if (typeof where !== 'object' || where === null || Object.getPrototypeOf(where) !== Object.prototype) return where;
  const copied = Reflect.ownKeys(where).map((name) => [
    name,
    copyOfWhere((where as Record<PropertyKey, unknown>)[name]),
  ]);
  return Object.fromEntries(copied) as T;
}

/** One text for one condition, whatever the order of its names. */
export function whereText(where: unknown): string {
  if (typeof where === 'bigint') return `${where}n`;
  if (where instanceof RegExp) return String(where);
  if (Array.isArray(where)) return `[${where.map(whereText).join(',')}]`;
  if (typeof where !== 'object' || where === null || Object.getPrototypeOf(where) !== Object.prototype)
    return JSON.stringify(where) ?? 'undefined';
  const entries = Object.entries(where).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${whereText(value)}`).join(',')}}`;
}
