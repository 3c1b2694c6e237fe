import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';

type Bounds = Readonly<{ min: number; max: number }>;

/** A whole number in a JSON body. */
export function WholeJsonNumber({ min, max }: Bounds): PropertyDecorator {
  const rule = { message: `$property must be a whole number from ${min} to ${max}` };
  return applyDecorators(IsInt(rule), Min(min, rule), Max(max, rule));
}

/** A whole number in a query or path. What is not one stays as it came, for the complaint to show. */
export function WholeNumber(bounds: Bounds): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value,
    ),
    WholeJsonNumber(bounds),
  );
}
