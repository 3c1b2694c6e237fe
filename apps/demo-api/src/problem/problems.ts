import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, type ApiResponseMetadata, getSchemaPath } from '@nestjs/swagger';
import { Problem } from './problem.js';

const MEANING = {
  400: 'The request is not valid: `errors` lists where.',
  401: 'The password is wrong.',
  403: 'Only the demo does that.',
  404: 'There is none with this id.',
  409: 'Another one has this name, or it is not the time for it.',
  413: 'The body is larger than any that is accepted: 16 kB.',
  415: 'The body is not JSON in UTF-8.',
  429: 'Too many are open: end one of them.',
  500: 'A server refused the request, or PostgreSQL does not answer.',
  502: 'The server could not be changed.',
  503: 'OpenSearch does not answer, or has not the passages yet.',
} as const;

type ProblemStatus = keyof typeof MEANING;
type ResponseHeaders = NonNullable<ApiResponseMetadata['headers']>;

/** Describes which refusals a route answers, all of them as problem documents; what its limits refuse is described by them. */
export function Problems(...statuses: ProblemStatus[]): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(Problem),
    ...statuses.map((status) => ApiResponse({ status, ...problemResponse(status) })),
  );
}

/** @param description where it means something else here than on most routes */
export function ProblemAs(status: ProblemStatus, description: string, headers: ResponseHeaders = {}): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(Problem),
    ApiResponse({ status, ...problemResponse(status), description, headers }),
  );
}

export function problemResponse(status: ProblemStatus) {
  const schema = { $ref: getSchemaPath(Problem) };
  return { description: MEANING[status], content: { 'application/problem+json': { schema } } };
}
