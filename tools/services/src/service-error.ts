/** A server did not do what was requested; the message names which, why, and what to do. */
export class ServiceError extends Error {
  override name = 'ServiceError';
}

/** A server cannot be had on this machine. */
export class MissingServerError extends ServiceError {
  override name = 'MissingServerError';

  /**
   * @param server such as `Redis`.
   * @param why such as `no redis-server on PATH`.
   * @param packages the Debian packages that would bring it; empty when none would.
   */
  constructor(
    readonly server: string,
    readonly why: string,
    readonly packages: readonly string[],
  ) {
    super(`${server}: ${why}${packages.length > 0 ? `: install ${packages.join(' ')}` : ''}`);
  }
}
