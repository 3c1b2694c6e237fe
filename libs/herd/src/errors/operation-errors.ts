import type { Failure } from '../contracts/driver.js';
import { HerdError } from './herd-error.js';

/** An operation failed. `failure` says whose fault it is, and so whether it counts against the node. */
export abstract class HerdOperationError extends HerdError {
  abstract readonly failure: Failure;
}

/** The request cannot be carried out by any node: a bad key, value or expiry, or a reply that cannot be decoded. */
export class HerdRequestError extends HerdOperationError {
  readonly code = 'HERD_REQUEST';
  readonly failure = 'request';
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

/** The herd was used after `close()`. */
export class HerdClosedError extends HerdError {
  readonly code = 'HERD_CLOSED';
}
