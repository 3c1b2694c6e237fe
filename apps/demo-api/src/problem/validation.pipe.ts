import { ValidationPipe } from '@nestjs/common';
import { getMetadataStorage, type ValidationError } from 'class-validator';
import { InvalidRequestException } from './invalid-request.exception.js';
import type { ParameterComplaint } from './problem.js';

/** Checks queries, paths and bodies against their classes: unknown members are refused with the list of those that are known. */
export function validationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    validationError: { target: true, value: true },
    exceptionFactory: (errors: ValidationError[]) => new InvalidRequestException(errors.map(toComplaint)),
  });
}

function toComplaint({ property, constraints = {}, target, value }: ValidationError): ParameterComplaint {
  const [rule, message] = Object.entries(constraints)[0] ?? ['', `${property} is not valid`];
  if (rule === 'whitelistValidation') {
    return {
      parameter: property,
      message: `${property} is not a parameter of this route; it takes ${knownParameters(target).join(', ')}`,
    };
  }
  return { parameter: property, message: value === undefined ? message : `${message} (got ${JSON.stringify(value)})` };
}

function knownParameters(target: object | undefined): string[] {
  if (target === undefined) return [];
  const rules = getMetadataStorage().getTargetValidationMetadatas(target.constructor, '', false, false);
  return [...new Set(rules.map(({ propertyName }) => propertyName))].sort();
}
