import { HttpException } from '@nestjs/common';
import type { Decision } from '../contracts/decision.js';
import type { LimiterCostError } from '../errors/request-errors.js';
import type { StorageUnavailableError } from '../errors/storage-errors.js';
import { received } from '../errors/received.js';
import {
  badRequestProblem,
  quotaExceededProblem,
  reducedCapacityProblem,
  type ProblemDocument,
} from '../headers/problem.js';

/** A refusal whose body is a problem document. */
export abstract class RateLimitException extends HttpException {
  protected constructor(problem: ProblemDocument, cause?: unknown) {
    super({ ...problem }, problem.status, { cause });
    this.message = problem.detail;
  }
}

/** 429: the caller has used what its policy grants. */
export class RateLimitExceededException extends RateLimitException {
  constructor(readonly decision: Decision) {
    super(quotaExceededProblem(decision));
  }

  /** @internal One without a stack: a refusal is no fault, and in a flood the stack costs more than the rest of it. */
  static withoutStack(decision: Decision): RateLimitExceededException {
    const { stackTraceLimit } = Error;
    if (Object.isFrozen(Error)) return new RateLimitExceededException(decision);
    Error.stackTraceLimit = 0;
    try {
      return new RateLimitExceededException(decision);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }
}

/** 503: the storage is down and `onStorageError` is `'closed'`. */
export class RateLimitStorageException extends RateLimitException {
  constructor(error: StorageUnavailableError) {
    super(reducedCapacityProblem(), error);
  }
}

/** 400: the cost of the request is no whole number, below zero, or above the burst. */
export class RateLimitCostException extends RateLimitException {
  constructor(error: LimiterCostError) {
    super(badRequestProblem(error.message), error);
  }
}

/** 400: what `bucket` read from the request is neither text nor a number, such as a list where an address was expected. */
export class RateLimitBucketException extends RateLimitException {
  constructor(
    readonly policy: string,
    readonly bucket: unknown,
  ) {
    super(badRequestProblem(`bucket of policy '${policy}' must be a string or a number (got ${received(bucket)})`));
  }
}
