import type { FieldMapping } from '../contracts/index-body.js';

/** Where a document holds fractions: a whole number of theirs may be beyond 2^53, and is a number all the same. */
export interface FloatTree {
  readonly [name: string]: 'float' | FloatTree;
}

const FLOATS: readonly string[] = ['double', 'float', 'half_float', 'scaled_float'];
const DIGITS = /^-?\d+$/;

export function floatTree(properties: Readonly<Record<string, FieldMapping>>): FloatTree {
  const entries = Object.entries(properties).flatMap(([name, mapping]): [string, 'float' | FloatTree][] => {
    if (FLOATS.includes(mapping.type)) return [[name, 'float']];
    const inner = floatTree(mapping.properties ?? {});
    return Object.keys(inner).length > 0 ? [[name, inner]] : [];
  });
  return Object.fromEntries(entries);
}

/** The document with a number in each of these fields where its digits came as text; the same one where there is none. */
export function withFloats(value: unknown, tree: 'float' | FloatTree): unknown {
  if (Array.isArray(value)) {
    const elements = value.map((element) => withFloats(element, tree));
    return elements.some((element, at) => element !== value[at]) ? elements : value;
  }
  if (tree === 'float') return typeof value === 'string' && DIGITS.test(value) ? Number(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  let copy: Record<string, unknown> | undefined;
  for (const name in tree) {
    const before = (value as Record<string, unknown>)[name];
    const after = before === undefined ? before : withFloats(before, tree[name]!);
    if (after !== before) (copy ??= { ...value })[name] = after;
  }
  return copy ?? value;
}
