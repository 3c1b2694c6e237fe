import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** The requests under way, so that a stop waits for them. */
export class Traffic {
  readonly #underWay = new Set<ServerResponse>();
  #draining = false;
  #idle: (() => void) | undefined;

  constructor(private readonly server: Server) {
    server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => this.#enter(response));
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** From now on readiness is refused, and each answer ends its connection. */
  announce(): void {
    this.#draining = true;
    for (const response of this.#underWay) endConnection(response);
  }

  /**
   * Takes no new connections, and waits for what is under way, streams included.
   *
   * @returns how many were still under way after `deadlineMs`; their connections are ended.
   */
  async drain(deadlineMs: number): Promise<number> {
    this.announce();
    this.server.close();
    this.server.closeIdleConnections();
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#idle = resolve;
      timer = setTimeout(resolve, deadlineMs);
      if (this.#underWay.size === 0) resolve();
    });
    clearTimeout(timer);
    const left = this.#underWay.size;
    this.server.closeAllConnections();
    return left;
  }

  #enter(response: ServerResponse): void {
    this.#underWay.add(response);
    if (this.#draining) endConnection(response);
    response.once('close', () => {
      this.#underWay.delete(response);
      if (this.#draining) this.server.closeIdleConnections();
      if (this.#underWay.size === 0) this.#idle?.();
    });
  }
}

/** A keep-alive client learns that its next request needs another connection. */
function endConnection(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
