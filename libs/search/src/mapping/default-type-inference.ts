import type { FieldType } from '../contracts/index-body.js';
import type { PropertyFacts, TypeInference } from '../contracts/type-inference.js';

const BY_COLUMN: readonly (readonly [RegExp, FieldType])[] = [
  [/^uuid/, 'keyword'],
  [/^json/, 'object'],
  [/^bool|^tinyint\(1\)/, 'boolean'],
  [/^(big(int|serial)|int8)/, 'long'],
  [/^(small|medium|tiny)?(int|serial)/, 'integer'],
  [/^(double|float|real|numeric|decimal)/, 'double'],
  [/^(timestamp|date)/, 'date'],
  [/^(bytea|.*blob|.*binary)/, 'binary'],
  [/^(text|citext|.*char|.*text)/, 'text'],
];

const BY_RUNTIME: Readonly<Record<string, FieldType>> = {
  string: 'text',
  number: 'double',
  boolean: 'boolean',
  Date: 'date',
  bigint: 'long',
  Buffer: 'binary',
  object: 'object',
};

/**
 * Primary keys, enums and uuids are `keyword`, strings `text`, integers `integer` or `long`, other numbers and
 * decimals `double`, then `boolean`, `date`, `binary`, and `object` for JSON. Arrays have the type of their elements.
 */
export const defaultTypeInference: TypeInference = {
  infer({ primary, enum: isEnum, columnType, runtimeType }: PropertyFacts): FieldType | undefined {
    if (primary || isEnum) return 'keyword';
    // SQLite keeps dates in integer columns and booleans too: there the runtime type knows better.
    if (runtimeType === 'Date') return 'date';
    if (runtimeType === 'boolean') return 'boolean';
    const byColumn = BY_COLUMN.find(([pattern]) => pattern.test(columnType));
    return byColumn?.[1] ?? BY_RUNTIME[runtimeType.replace(/\[\]$/, '')];
  },
};
