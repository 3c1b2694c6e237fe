import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';

/** How long an idle connection may still bring a request that was sent before its client noticed the stop. */
const LINGER_MS = 100;
/** Clients that connect again and again hold up a stop no longer. */
const ACCEPT_MS = 500;

/** The requests under way, so that a stop waits for them. */
export class Traffic {
  readonly #underWay = new Set<ServerResponse>();
  #draining = false;
  #endsConnections = false;
  #closesIdle = false;
  #connections = 0;
  #idle: (() => void) | undefined;

  constructor(private readonly server: Server) {
    server.on('connection', () => (this.#connections += 1));
    server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => this.#enter(response));
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** From now on readiness is refused. */
  refuseReadiness(): void {
    this.#draining = true;
  }

  /** From now on each answer ends its connection as well: a client whose balancer looks at readiness connects elsewhere. */
  announce(): void {
    this.#draining = true;
    this.#endsConnections = true;
    for (const response of this.#underWay) endConnection(response);
  }

  /**
   * Takes no new connections, and waits for what is under way, streams included.
   *
   * @returns how many were still under way after `deadlineMs`; their connections are ended.
   */
  async drain(deadlineMs: number): Promise<number> {
    this.#draining = true;
    await this.#acceptAll();
    // Before the connections end: who had to connect again would wait to be accepted, and be reset with the listener.
    // Not `close()` of HTTP, which also cuts idle connections at once, and with them what is on its way over them.
    NetServer.prototype.close.call(this.server);
    this.announce();
    await delay(LINGER_MS);
    // What the kernel holds already is read: a timer that is late goes before it, a turn of the event loop does not.
    await turn();
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

  /** Connections that the kernel has made would be reset with the listener; one is accepted in a turn of the event loop. */
  async #acceptAll(): Promise<void> {
    const deadline = performance.now() + ACCEPT_MS;
    let before: number;
    do {
      before = this.#connections;
      await turn();
    } while (this.#connections > before && performance.now() < deadline);
  }

  #enter(response: ServerResponse): void {
    this.#underWay.add(response);
    if (this.#endsConnections) endConnection(response);
    response.once('close', () => {
      this.#underWay.delete(response);
      if (this.#closesIdle) this.server.closeIdleConnections();
      if (this.#underWay.size === 0) this.#idle?.();
    });
  }
}

/** Signals a keep-alive client that its next request needs another connection. */
function endConnection(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
