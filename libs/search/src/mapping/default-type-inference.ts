import type { FieldType } from '../contracts/index-body.js';
import type { PropertyFacts, TypeInference } from '../contracts/type-inference.js';

/** Names of column types are whole words: `interval` and `int4range` are no `int`, `daterange` is no `date`. */
const BY_COLUMN: readonly (readonly [RegExp, FieldType])[] = [
  [/^uuid/, 'keyword'],
  [/^json/, 'object'],
  [/^interval\b/, 'keyword'],
  [/^int4(multi)?range$/, 'integer_range'],
  [/^int8(multi)?range$/, 'long_range'],
  [/^num(multi)?range$/, 'double_range'],
  [/^(ts|tstz|date)(multi)?range$/, 'date_range'],
  [/^(bool(ean)?\b|tinyint\(1\))/, 'boolean'],
  [/^(big(int|serial)|int8)\b/, 'long'],
  [/^(small|medium|tiny)?(int(eger)?|serial)\d?\b/, 'integer'],
  [/^(double|float\d?|real|numeric|decimal)\b/, 'double'],
  [/^(timestamp(tz)?|date(time)?\d?)\b/, 'date'],
  [/^(bytea|[a-z]*blob|[a-z]*binary)\b/, 'binary'],
  [/^(text|citext|[a-z ]*char(acter)?|[a-z]*text)\b/, 'text'],
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
 * decimals `double`, then `boolean`, `date`, `binary`, `object` for JSON, a range of PostgreSQL the range of that, and an
 * interval `keyword`. Arrays have the type of their elements.
 */
export const defaultTypeInference: TypeInference = {
  infer({ primary, enum: isEnum, columnType, runtimeType }: PropertyFacts): FieldType | undefined {
    if (primary || isEnum) return 'keyword';
    // SQLite keeps dates in integer columns and booleans too: there the runtime type is right.
    if (runtimeType === 'Date') return 'date';
    if (runtimeType === 'boolean') return 'boolean';
    // Drivers give a list of ranges or intervals as one text.
    if (/(range|interval)\b.*\[\]/.test(columnType)) return undefined;
    const byColumn = BY_COLUMN.find(([pattern]) => pattern.test(columnType));
    return byColumn?.[1] ?? BY_RUNTIME[runtimeType.replace(/\[\]$/, '')];
  },
};
