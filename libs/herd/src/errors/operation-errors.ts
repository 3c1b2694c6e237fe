import type { Failure } from '../contracts/failure.js';
import { HerdError } from './herd-error.js';

/** An operation failed. `failure` says whose fault it is, and so whether it counts against the node. */
export abstract class HerdOperationError extends HerdError {
  abstract readonly failure: Failure;
}

/** The request cannot be carried out by any node: a bad key, value or expiry, or a reply that cannot be decoded. */
export class HerdRequestError extends HerdOperationError {
  readonly code: 'HERD_REQUEST' | 'HERD_VALUE' = 'HERD_REQUEST';
  readonly failure = 'request';
}

/** What is stored under the key cannot be decoded: another program wrote it, or another codec. It counts as a missing value. */
export class HerdValueError extends HerdRequestError {
  override readonly code = 'HERD_VALUE';
}

/** The node could not be reached, closed the connection, or answered garbage. */
export class HerdNodeError extends HerdOperationError {
  readonly code: 'HERD_NODE' | 'HERD_NODE_DOWN' = 'HERD_NODE';
  readonly failure = 'node';
}

/** The node is marked down after repeated failures: the operation was not tried. */
export class HerdNodeDownError extends HerdNodeError {
  override readonly code = 'HERD_NODE_DOWN';
}

/** No answer before the deadline; whether the node carried the operation out is not known. */
export class HerdTimeoutError extends HerdOperationError {
  readonly code = 'HERD_TIMEOUT';
  readonly failure = 'node';
}

/** Too much at once: the queue for this node is full, or the node is out of memory. */
export class HerdOverloadError extends HerdOperationError {
  readonly code = 'HERD_OVERLOAD';
  readonly failure = 'overload';
}

/** The herd has no nodes yet: discovery has found none. */
export class HerdNoNodesError extends HerdOperationError {
  readonly code = 'HERD_NO_NODES';
  readonly failure = 'node';
}

/**
 * Some keys of a call with many failed; the others were carried out.
 *
 * @example if (error instanceof HerdManyError) retry([...error.failures.keys()]);
 */
export class HerdManyError extends HerdOperationError {
  readonly code = 'HERD_MANY';
  /** Whose fault the first failure is. */
  readonly failure: Failure;

  constructor(
    /** What went wrong, by key: one or more. */
    readonly failures: ReadonlyMap<string, HerdOperationError>,
    /** What came of the other keys. */
    readonly results: ReadonlyMap<string, unknown>,
  ) {
    const [key, first] = [...failures][0]!;
    super({
      what: `${failures.size} of ${failures.size + results.size} keys failed, ${JSON.stringify(key)} first: ${first.message}`,
      remedy: 'see failures and results of this error for each key',
      cause: first,
    });
    this.failure = first.failure;
  }
}

/** The herd was used after `close()`. */
export class HerdClosedError extends HerdError {
  readonly code = 'HERD_CLOSED';
}
