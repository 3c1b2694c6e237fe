import type { FieldType } from '../contracts/index-body.js';
import type { TypeInference } from '../contracts/type-inference.js';
import type { FieldModel, ValueField } from '../metadata/index-model.js';

/** The type that a field names, else the one that follows from its property. */
export function typeOf({ options, facts }: ValueField, inference: TypeInference): FieldType | undefined {
  return options.type ?? (facts && inference.infer(facts));
}

/** The fields with their types, by which documents write values. */
export function withTypes(fields: readonly FieldModel[], inference: TypeInference): FieldModel[] {
  return fields.map((field) =>
    field.kind === 'object'
      ? { ...field, fields: withTypes(field.fields, inference) }
      : {
          ...field,
          type: typeOf(field, inference),
          ...(field.keys ? { keys: withTypes(field.keys, inference) } : {}),
        },
  );
}
