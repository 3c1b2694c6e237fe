import type { EntityProperty } from '@mikro-orm/core';

/** A query of its own, or a window over the rows around. */
const OTHER_ROWS = /\bselect\b|\bover\s*\(/i;

/** Whether a formula shows what is in other rows than its own: a change of those would reach no document. */
export function readsOtherRows({ formula }: EntityProperty): boolean {
  return formula !== undefined && [textOf(formula), String(formula)].some((text) => OTHER_ROWS.test(text));
}

/** Its SQL, where it can be made without a query: 6.6 gives an alias, 7 the columns and the table. */
function textOf(formula: unknown): string {
  if (typeof formula !== 'function') return '';
  try {
    const made: unknown = (formula as (...names: unknown[]) => unknown)(columns(), columns());
    const sql = typeof made === 'string' ? made : (made as { sql?: unknown } | undefined)?.sql;
    return typeof sql === 'string' ? sql : '';
  } catch {
    return '';
  }
}

/** Stands for an alias, a table or its columns: each part of it is text. */
function columns(): object {
  return new Proxy(Object('c') as object, {
    get: (_target, name) => (typeof name === 'symbol' || name === 'toString' ? () => 'c' : 'c'),
  });
}
