import { HttpException } from '@nestjs/common';
import type { Decision } from '../contracts/decision.js';
import type { LimiterCostError } from '../errors/request-errors.js';
import type { PolicyUnavailableError } from '../errors/policy-error.js';
import type { StorageUnavailableError } from '../errors/storage-errors.js';
import { received } from '../errors/received.js';
import {
  badRequestProblem,
  quotaExceededProblem,
  reducedCapacityProblem,
  type ProblemDocument,
} from '../headers/problem.js';

/** Where a process runs with `--frozen-intrinsics`. */
const ERROR_IS_FROZEN = Object.isFrozen(Error);

/** A refusal whose body is a problem document. */
export abstract class RateLimitException extends HttpException {
  protected constructor(problem: ProblemDocument, cause?: unknown) {
    super(problem, problem.status, cause === undefined ? undefined : { cause });
    this.message = problem.detail;
  }

  /** Nest would make a message of the name of the class, which is replaced at once. */
  override initMessage(): void {}
}

/** 429: the caller has used what its policy grants. */
export class RateLimitExceededException extends RateLimitException {
  constructor(readonly decision: Decision) {
    super(quotaExceededProblem(decision));
  }

  /** @internal One without a stack: a refusal is no fault, and in a flood the stack costs more than the rest of it. */
  static withoutStack(decision: Decision): RateLimitExceededException {
    const { stackTraceLimit } = Error;
    if (ERROR_IS_FROZEN) return new RateLimitExceededException(decision);
    Error.stackTraceLimit = 0;
    try {
      return new RateLimitExceededException(decision);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }
}

/** 503: the storage is down and `onStorageError` is `'closed'`, or the policy of the call cannot be read. */
export class RateLimitStorageException extends RateLimitException {
  constructor(error: StorageUnavailableError | PolicyUnavailableError) {
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
