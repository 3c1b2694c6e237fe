import { BadRequestException } from '@nestjs/common';
import type { ParameterComplaint } from './problem.js';

/** 400 that lists which parameters are wrong, and what is allowed instead. */
export class InvalidRequestException extends BadRequestException {
  constructor(readonly complaints: readonly ParameterComplaint[]) {
    super(complaints.map(({ message }) => message).join('; '));
  }
}
