import type { FieldModel } from './index-model.js';
import type { AddedFieldOptions } from './options.js';

/** The keys of a JSON value that `@SearchField({ properties })` describes, as fields; other keys go into no document. */
export function jsonFields(properties: Readonly<Record<string, AddedFieldOptions>>): FieldModel[] {
  return Object.entries(properties).map(([name, options]): FieldModel => {
    if (options.properties)
      return { kind: 'object', name, options, fields: jsonFields(options.properties), relation: undefined };
    return { kind: 'value', name, options, facts: undefined, computed: false };
  });
}
