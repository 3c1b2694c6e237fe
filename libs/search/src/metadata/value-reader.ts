import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { ModelComplaint } from '../errors/model.errors.js';
import { convertOf } from './custom-type.js';
import { readsOtherRows } from './formula.js';
import type { FieldModel } from './index-model.js';
import { jsonFields } from './json-schema.js';
import type { SearchFieldOptions } from './options.js';
import { factsOf, isComputed } from './orm-property.js';

/** A property that is no relation and no embeddable, or a getter that the ORM does not map. */
export interface ValueSource {
  readonly meta: EntityMetadata;
  readonly prototype: object;
  readonly name: string;
  readonly property: EntityProperty | undefined;
  readonly options: SearchFieldOptions;
}

/** Reads it as a field; what is wrong goes to `complaints`. */
export function readValue(source: ValueSource, complaints: ModelComplaint[]): FieldModel[] {
  const { meta, name, property, options } = source;
  const where = `${meta.className}.${name}`;
  const complaint = valueComplaint(source);
  if (complaint) {
    complaints.push({ where, ...complaint });
    return [];
  }
  const convert = property && convertOf(property);
  const facts = property && factsOf(property, meta);
  const computed = !property || isComputed(property);
  const keys = options.properties && jsonFields(options.properties);
  return [
    { kind: 'value', name, options, facts, computed, ...(convert ? { convert } : {}), ...(keys ? { keys } : {}) },
  ];
}

function valueComplaint({ prototype, name, property }: ValueSource): Omit<ModelComplaint, 'where'> | undefined {
  const accessor = descriptorOf(prototype, name);
  if (typeof accessor?.value === 'function')
    return {
      problem: 'is a method, whose result no document can hold',
      remedy: `Make it a getter: get ${name}() { … }`,
    };
  if (accessor?.set && !accessor.get && !property)
    return { problem: 'has a setter alone', remedy: 'Give it a getter too' };
  if (property && readsOtherRows(property))
    return {
      problem: 'is a formula that reads other rows, whose changes would not be followed',
      remedy: 'Embed those rows by a relation with `include`, or keep the value in a column',
    };
  return undefined;
}

function descriptorOf(prototype: object | null, name: string): PropertyDescriptor | undefined {
  for (let level = prototype; level; level = Object.getPrototypeOf(level) as object | null) {
    const own = Object.getOwnPropertyDescriptor(level, name);
    if (own) return own;
  }
  return undefined;
}
