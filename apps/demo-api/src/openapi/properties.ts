import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';

type Described = Readonly<{ description?: string; example?: unknown }>;
type Scalar = Readonly<{ type: 'string' | 'integer' | 'number'; minimum?: number; enum?: readonly string[] }>;

/** An id of the data: a whole number from 1. */
export function ApiId(described: Described = {}): PropertyDecorator {
  return ApiProperty({ type: 'integer', minimum: 1, ...described });
}

/** How many: a whole number from 0. */
export function ApiCount(described: Described = {}): PropertyDecorator {
  return ApiProperty({ type: 'integer', minimum: 0, ...described });
}

/** A value that is always there, and can be null; a `$ref` for an object. */
export function ApiNullable(schema: Scalar | { $ref: string }, described: Described = {}): PropertyDecorator {
  return ApiProperty({ oneOf: [schema, { type: 'null' }], ...described } as ApiPropertyOptions);
}
