import type { FieldType } from './index-body.js';

/** What the ORM's metadata has about a property. */
export interface PropertyFacts {
  /** Entity and property, for messages: `Passage.text`. */
  readonly label: string;
  /** The ORM's name of the type: `string`, `text`, `DecimalType`, … */
  readonly ormType: string;
  /** `string`, `number`, `boolean`, `Date`, `bigint`, `Buffer`, `string[]`, `any`, … */
  readonly runtimeType: string;
  /** The column's type in lower case, such as `varchar(255)` or `text[]`; empty when there is no column. */
  readonly columnType: string;
  readonly primary: boolean;
  readonly enum: boolean;
}

/**
 * Chooses a field type from a property of the ORM. `undefined`: nothing follows from it, and the field must name its `type`.
 * Replace it whole with `SearchModule.forRoot({ typeInference })`.
 *
 * @example
 * const shouting: TypeInference = { infer: (facts) => facts.columnType === 'citext' ? 'text' : defaultTypeInference.infer(facts) };
 */
export interface TypeInference {
  infer(facts: PropertyFacts): FieldType | undefined;
}
