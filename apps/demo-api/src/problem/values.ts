import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';

/** One of `values`, or several of them: the parameter may be repeated. */
export function SomeOf(values: readonly string[]): PropertyDecorator {
  return eachOf(
    (value) => values.includes(value as string),
    values.length,
    `$property must be one of ${values.join(', ')}`,
  );
}

/** A whole number, or up to `count` of them: the parameter may be repeated. What is not one stays as it came. */
export function WholeNumbers({ min, max, count }: { min: number; max: number; count: number }): PropertyDecorator {
  const numberOf = (value: unknown) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value);
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? value.map(numberOf) : numberOf(value))),
    eachOf(
      (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
      count,
      `$property must be a whole number from ${min} to ${max}`,
    ),
  );
}

function eachOf(isRight: (value: unknown) => boolean, count: number, rule: string): PropertyDecorator {
  return ValidateBy({
    name: 'eachOf',
    validator: {
      validate: (given: unknown) =>
        Array.isArray(given) ? given.length > 0 && given.length <= count && given.every(isRight) : isRight(given),
      defaultMessage: (args) => (Array.isArray(args!.value) ? `${rule}, or up to ${count} of them` : rule),
    },
  });
}
