import { ValidateBy } from 'class-validator';

/** One of two parameters, never both. */
export function NotWith(other: string): PropertyDecorator {
  return ValidateBy({
    name: 'notWith',
    validator: {
      validate: (_value, args) => (args!.object as Record<string, unknown>)[other] === undefined,
      defaultMessage: (args) => `${args!.property} must not be given together with ${other}`,
    },
  });
}
