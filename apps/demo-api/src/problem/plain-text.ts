import { ValidateBy } from 'class-validator';

/** What JavaScript, Python and Unicode call blank or a separator, so that every client judges as the application does. */
const BLANK = '\\s\\u001c-\\u001f\\u0085\\ufeff';
/** NUL, which PostgreSQL has no place for; U+FFFD and halves of a character, which stand for what was lost on the way. */
const NO_TEXT = '\\u0000\\ufffd\\ud800-\\udfff';
const NOT_BLANK = `^[^${NO_TEXT}]*[^${NO_TEXT}${BLANK}][^${NO_TEXT}]*$`;

type Bounds = Readonly<{ max: number }>;

/** Text of 1 to `max` characters, not of blanks alone, given once. A character is a Unicode code point. */
export function PlainText({ max }: Bounds): PropertyDecorator {
  const pattern = new RegExp(NOT_BLANK, 'u');
  return ValidateBy({
    name: 'plainText',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && [...value].length <= max && pattern.test(value),
      defaultMessage: ({ property } = { property: '' } as never) =>
        `${property} must be given once, as text of 1 to ${max} characters that is not blank`,
    },
  });
}

/** The same as a part of a schema. */
export function plainText({ max }: Bounds) {
  return { type: 'string' as const, minLength: 1, maxLength: max, pattern: NOT_BLANK };
}
