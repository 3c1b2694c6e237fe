import type { Failure } from '../contracts/failure.js';
import { HerdError } from './herd-error.js';

/** An operation failed. `failure` is whose fault it is, and so whether it counts against the node. */
export abstract class HerdOperationError extends HerdError {
  abstract readonly failure: Failure;
}

/** The request cannot be carried out by any node: a bad key, value or expiry. */
export class HerdRequestError extends HerdOperationError {
  readonly code: 'HERD_REQUEST' | 'HERD_UNREADABLE' = 'HERD_REQUEST';
  readonly failure = 'request';
}

/** A value cannot be decoded. Under `miss` and `next` that key alone is a miss, and the error is reported. */
export class HerdUnreadableError extends HerdRequestError {
  override readonly code = 'HERD_UNREADABLE';
}

/** The node could not be reached, closed the connection, or answered garbage. */
export class HerdNodeError extends HerdOperationError {
  readonly code: 'HERD_NODE' | 'HERD_NODE_DOWN' | 'HERD_REFUSED' | 'HERD_DOUBT' = 'HERD_NODE';
  readonly failure: 'node' | 'refusal' = 'node';
}

/** The node answers, but refuses this client, or all writes: a replica, a wrong password. */
export class HerdRefusedError extends HerdNodeError {
  override readonly code = 'HERD_REFUSED';
  override readonly failure = 'refusal';
}

/** A write to this key was given up, and may still arrive at its node: until `lateWritesMs` have passed it is neither read nor written there. */
export class HerdDoubtError extends HerdNodeError {
  override readonly code = 'HERD_DOUBT';
}

/** The node is marked down after repeated failures: the operation was not tried. */
export class HerdNodeDownError extends HerdNodeError {
  override readonly code = 'HERD_NODE_DOWN';
}

/** No answer before the deadline; whether the node carried the operation out is unknown. */
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
