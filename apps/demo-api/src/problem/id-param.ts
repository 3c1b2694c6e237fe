import { ApiProperty } from '@nestjs/swagger';
import { WholeNumber } from './whole-number.js';

const BOUNDS = { min: 1, max: 999_999_999 };
const DIGITS = /^\d{1,9}$/;

/** The `:id` of a path. */
export class IdParam {
  @ApiProperty({ type: 'integer', minimum: BOUNDS.min, maximum: BOUNDS.max })
  @WholeNumber(BOUNDS)
  id!: number;

  /** @param value the parameters of a path. @returns `undefined` where they are wrong: the rules above then report why. */
  static ofRight(value: unknown): IdParam | undefined {
    const { id, ...others } = (value ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof id !== 'string' || !DIGITS.test(id) || Number(id) < BOUNDS.min || Object.keys(others).length > 0)
      return undefined;
    return Object.assign(new IdParam(), { id: Number(id) });
  }
}
