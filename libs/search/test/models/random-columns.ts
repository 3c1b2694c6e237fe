import type { ColumnPlan, EmbeddedPlan, TreePlan } from './plan.js';
import type { column, embedded, tree } from './raw-plan.js';
import type { Raw } from './raw-plan.js';

/** Where a key has no column of its own, another one is in the documents. */
export function withIndexed([first, ...others]: readonly ColumnPlan[]): readonly ColumnPlan[] {
  return [{ ...first!, indexed: true }, ...others];
}

export function treePlan({ how, abstract, classes, shared }: Raw<typeof tree>, daring: boolean): TreePlan {
  return {
    how,
    abstract: abstract && how === 'sti',
    classes: classes.map((one, n) => {
      const name = 'xyz'[n]!;
      const above = one.extends < n ? one.extends : undefined;
      // A class that extends another has that one's.
      const kind = daring && shared === 'two' && n % 2 === 1 ? 'integer' : 'string';
      const own: ColumnPlan[] =
        shared === 'none' || above !== undefined ? [] : [{ name: 's', kind, nullable: true, indexed: true }];
      return {
        name,
        columns: [...named(one.columns, name), ...own],
        ...(above === undefined ? {} : { extends: above }),
      };
    }),
  };
}

export function named(columns: readonly Raw<typeof column>[], letter: string): readonly ColumnPlan[] {
  return columns.map((one, n) => ({ ...one, name: `${letter}${n}` }));
}

export function embeddedPlan(part: Raw<typeof embedded>, name: string): EmbeddedPlan {
  const { inner } = part;
  return {
    name,
    how: part.how,
    nullable: part.nullable,
    indexed: part.indexed,
    shape: {
      columns: named(part.columns, 'p'),
      ...(inner
        ? {
            inner: {
              name: 'in',
              how: inner.how,
              nullable: true,
              indexed: inner.indexed,
              shape: { columns: named(inner.columns, 'q') },
            },
          }
        : {}),
    },
  };
}
