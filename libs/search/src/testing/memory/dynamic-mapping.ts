import type { FieldMapping, IndexMappings } from '../../contracts/index-body.js';
import { parseDate } from './dates.js';
import { refused } from './refusals.js';

type Properties = Readonly<Record<string, FieldMapping>>;
type Dynamic = unknown;

/** The dates that a string becomes by itself: with month and day, or with slashes. */
const DATE = /^\d{4}-\d\d-\d\d/;

/**
 * The mapping with the fields that a document brings: by `dynamic` of the object that it is in they are mapped by their first
 * value, passed over, or refused.
 *
 * @throws SearchEngineError of the type `strict_dynamic_mapping_exception`
 */
export function withDynamicFields(mappings: IndexMappings, source: object): IndexMappings {
  const properties = grown(mappings.properties, source, mappings.dynamic, mappings['date_detection'] !== false, '_doc');
  return properties === mappings.properties ? mappings : { ...mappings, properties };
}

function grown(properties: Properties, source: object, dynamic: Dynamic, dates: boolean, where: string): Properties {
  let more = properties;
  for (const [name, value] of Object.entries(source)) {
    const known = own(more, name);
    const after = known
      ? inside(known, value, dynamic, dates, path(where, name))
      : fresh(name, value, dynamic, dates, where);
    if (after && after !== known) more = { ...more, [name]: after };
  }
  return more;
}

function inside(known: FieldMapping, value: unknown, dynamic: Dynamic, dates: boolean, where: string): FieldMapping {
  const holds = known.type === 'object' || known.type === 'nested' || (known.type as unknown) === undefined;
  if (!holds || known['enabled'] === false) return known;
  let mapping = known;
  for (const part of objectsIn(value)) {
    const before = mapping.properties ?? {};
    const properties = grown(before, part, mapping['dynamic'] ?? dynamic, dates, where);
    if (properties !== before) mapping = { ...mapping, properties };
  }
  return mapping;
}

function fresh(
  name: string,
  value: unknown,
  dynamic: Dynamic,
  dates: boolean,
  where: string,
): FieldMapping | undefined {
  if (dynamic === 'strict')
    throw refused(
      'strict_dynamic_mapping_exception',
      `mapping set to strict, dynamic introduction of [${name}] within [${where}] is not allowed`,
    );
  if (dynamic === false || dynamic === 'false') return undefined;
  const first = [value].flat(Infinity).find((element) => element !== null && element !== undefined);
  if (first === undefined) return undefined;
  if (typeof first === 'object') return inside({ type: 'object' }, value, dynamic, dates, path(where, name));
  if (typeof first === 'boolean') return { type: 'boolean' };
  if (typeof first === 'number') return { type: Number.isInteger(first) ? 'long' : 'float' };
  if (dates && DATE.test(first as string) && parseDate(first) !== undefined) return { type: 'date' };
  return { type: 'text', fields: { keyword: { type: 'keyword', ignore_above: 256 } } };
}

function objectsIn(value: unknown): object[] {
  return [value].flat(Infinity).filter((one): one is object => typeof one === 'object' && one !== null);
}

function own(properties: Properties, name: string): FieldMapping | undefined {
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}

function path(where: string, name: string): string {
  return where === '_doc' ? name : `${where}.${name}`;
}
