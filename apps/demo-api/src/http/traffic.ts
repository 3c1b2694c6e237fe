import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** How long an idle connection may still bring a request that was sent before its client heard of the stop. */
const LINGER_MS = 50;

/** The requests under way, so that a stop waits for them. */
export class Traffic {
  readonly #underWay = new Set<ServerResponse>();
  #draining = false;
  #closesIdle = false;
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
    // Not `close()` of HTTP, which also cuts idle connections at once, and with them what is on its way over them.
    NetServer.prototype.close.call(this.server);
    await delay(LINGER_MS);
    this.#closesIdle = true;
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
      if (this.#closesIdle) this.server.closeIdleConnections();
      if (this.#underWay.size === 0) this.#idle?.();
    });
  }
}

/** A keep-alive client learns that its next request needs another connection. */
function endConnection(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
