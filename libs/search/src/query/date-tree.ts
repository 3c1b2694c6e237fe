import type { FieldMapping } from '../contracts/index-body.js';
import type { FieldModel } from '../metadata/index-model.js';
import { isoMillis } from './iso-date.js';

/** Where a document holds dates that are a Date in the entity. */
export interface DateTree {
  readonly [name: string]: 'date' | DateTree;
}

export function dateTree(fields: readonly FieldModel[], properties: Readonly<Record<string, FieldMapping>>): DateTree {
  const entries = fields.flatMap((field): [string, 'date' | DateTree][] => {
    const mapping = properties[field.name];
    if (field.kind === 'value')
      return mapping?.type === 'date' && field.facts?.runtimeType === 'Date' ? [[field.name, 'date']] : [];
    const inner = dateTree(field.fields, mapping?.properties ?? {});
    return Object.keys(inner).length > 0 ? [[field.name, inner]] : [];
  });
  return Object.fromEntries(entries);
}

/** The document with a Date in place of each date. What is no date, as where `document` wrote something else, stays. */
export function withDates(value: unknown, tree: 'date' | DateTree): unknown {
  if (Array.isArray(value)) return value.map((element) => withDates(element, tree));
  if (tree === 'date') return typeof value === 'string' ? dated(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  const known = Object.entries(tree).filter(([name]) => name in value);
  return {
    ...value,
    ...Object.fromEntries(
      known.map(([name, inner]) => [name, withDates((value as Record<string, unknown>)[name], inner)]),
    ),
  };
}

function dated(text: string): unknown {
  const ms = isoMillis(text);
  return Number.isNaN(ms) ? text : new Date(ms);
}
