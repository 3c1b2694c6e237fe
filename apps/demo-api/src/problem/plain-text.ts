import { applyDecorators } from '@nestjs/common';
import { IsString, Length, Matches } from 'class-validator';

/** Text of 1 to `max` characters, not of blanks alone, given once. */
export function PlainText({ max }: { max: number }): PropertyDecorator {
  const rule = { message: `$property must be given once, as text of 1 to ${max} characters that is not blank` };
  return applyDecorators(IsString(rule), Length(1, max, rule), Matches(/^[^\0]*[^\0\s][^\0]*$/, rule));
}
