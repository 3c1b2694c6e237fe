import type { DynamicMapping } from '../contracts/index-body.js';
import type { ModelComplaint } from '../errors/model.errors.js';
import type { Properties } from './mapping-builder.js';

/** Finds nested fields without described keys: a strict index would refuse each document, another would drop the keys. */
export function checkNested(properties: Properties, dynamic: DynamicMapping, parent: string): ModelComplaint[] {
  if (dynamic === true) return [];
  return Object.entries(properties).flatMap(([name, mapping]): ModelComplaint[] => {
    const where = `${parent}.${name}`;
    if (mapping.type !== 'nested' || Object.keys(mapping.properties ?? {}).length > 0)
      return checkNested(mapping.properties ?? {}, dynamic, where);
    const remedy = "Describe its elements: @SearchField({ type: 'nested', properties: { name: { type: 'keyword' } } })";
    return [{ where, problem: 'is `nested`, without a description of its elements', remedy }];
  });
}
