/** A server could not be had or did not do what was asked; the message says which, why, and what to do. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
}
