import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { Problem } from './problem.js';

const MEANING = {
  400: 'The request is not valid: `errors` says where.',
  401: 'The password is wrong.',
  403: 'Only the demo does that.',
  404: 'There is none with this id.',
  409: 'Another one has this name, or it is not the time for it.',
  429: 'Over the limit: `Retry-After` says when to come again.',
  502: 'The server could not be changed.',
  503: 'OpenSearch does not answer, or too much is under way.',
} as const;

/** Describes which refusals a route answers, all of them as problem documents. */
export function Problems(...statuses: (keyof typeof MEANING)[]): MethodDecorator {
  return applyDecorators(
    ...statuses.map((status) => ApiResponse({ status, type: Problem, description: MEANING[status] })),
  );
}
