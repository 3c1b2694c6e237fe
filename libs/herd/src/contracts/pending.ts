/** Hears once how an operation has ended. */
export interface PendingListener<Result> {
  done(result: Result): void;
  failed(error: unknown): void;
}

/**
 * The outcome of an operation, for one listener, which is called at once. A driver whose operations come in hundreds of thousands a
 * second gives it in place of a promise: each promise of a chain costs a turn, and garbage.
 */
export interface Pending<Result> {
  /** To be called once, in the turn of the event loop in which the operation was started. `listener` is not called before it returns. */
  listen(listener: PendingListener<Result>): void;
}

/** What an operation gives: most drivers a promise. */
export type Answer<Result> = Promise<Result> | Pending<Result>;
