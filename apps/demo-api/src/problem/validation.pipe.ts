import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { IdParam } from './id-param.js';
import { InvalidRequestException } from './invalid-request.exception.js';
import { knownNames } from './known-names.js';
import type { ParameterComplaint } from './problem.js';
import { cut, lostNames, refuseAlso, unknownName } from './unknown-names.js';

const MAX_COMPLAINTS = 10;

/** Checks queries, paths and bodies against their classes: unknown members are refused with the list of known ones. */
export function validationPipe(): ValidationPipe {
  return new PromptValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    validationError: { target: true, value: true },
    exceptionFactory: (errors: ValidationError[]) => new InvalidRequestException(complaintsOf(errors)),
  });
}

/** Most requests have an id in the path: a right one passes at once, all else is validated. */
class PromptValidationPipe extends ValidationPipe {
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const id = metadata.metatype === IdParam ? IdParam.ofRight(value) : undefined;
    if (id !== undefined) return Promise.resolve(id);
    const lost = lostNames(value, metadata.metatype);
    const judged = super.transform(value, metadata);
    return lost.length === 0 ? judged : refuseAlso(lost, judged);
  }

  /** Neither the parser of queries nor that of JSON leaves gaps in arrays: to look for them took longer than any rule. */
  protected override closeArrayGaps(): void {}
}

/** The first few: who sends thousands of unknown members is not answered with a megabyte. */
function complaintsOf(errors: readonly ValidationError[]): ParameterComplaint[] {
  const shown = errors.slice(0, MAX_COMPLAINTS).map(toComplaint);
  const more = errors.length - shown.length;
  if (more > 0) shown.push({ parameter: '', message: `and ${more} more` });
  return shown;
}

function toComplaint({ property, constraints = {}, target, value }: ValidationError): ParameterComplaint {
  const [rule, message] = Object.entries(constraints)[0] ?? ['', `${property} is not valid`];
  if (rule === 'whitelistValidation') {
    return unknownName(property, knownNamesOf(target));
  }
  return {
    parameter: property,
    message: value === undefined ? message : `${message} (got ${cut(JSON.stringify(value))})`,
  };
}

function knownNamesOf(target: object | undefined): string[] {
  return target === undefined ? [] : knownNames(target.constructor as new () => object);
}
