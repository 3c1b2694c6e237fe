import {
  Validate,
  type ValidationArguments,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';

@ValidatorConstraint({ name: 'notBeforeFrom' })
class NotBeforeFromConstraint implements ValidatorConstraintInterface {
  validate(to: unknown, { object }: ValidationArguments): boolean {
    const { from } = object as { readonly from?: unknown };
    return typeof from !== 'number' || typeof to !== 'number' || from <= to;
  }

  defaultMessage(): string {
    return 'to must not be before from';
  }
}

/** For the `to` of a query that has a `from`. */
export function NotBeforeFrom(): PropertyDecorator {
  return Validate(NotBeforeFromConstraint);
}
