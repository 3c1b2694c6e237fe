import { IncomingMessage, ServerResponse, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** Hands requests to an HTTP application without a network, so that what it does itself is most of what is measured. */
export class InProcessRequests {
  constructor(
    private readonly handle: RequestListener,
    private readonly path: string,
    private readonly addresses: readonly string[],
  ) {}

  /** @returns the status of the answer */
  send(index: number): Promise<number> {
    const remoteAddress = this.addresses[index % this.addresses.length];
    const socket = Object.assign(new Duplex({ read: () => undefined, write: discard }), {
      remoteAddress,
    }) as unknown as Socket;
    const request = new IncomingMessage(socket);
    Object.assign(request, {
      method: 'GET',
      url: this.path,
      headers: { host: 'localhost' },
      httpVersionMajor: 1,
      httpVersionMinor: 1,
    });
    request.push(null);
    const response = new ServerResponse(request);
    response.assignSocket(socket);
    return new Promise((resolve) => {
      response.once('finish', () => {
        // Listeners of the end of a response, such as the guard, have to run within the time that is measured.
        response.emit('close');
        resolve(response.statusCode);
      });
      void this.handle(request, response);
    });
  }

  /** CPU time of the process per request, in microseconds: unlike the time of day it is the same on a busy machine. */
  async cpuMicros(count: number, expected: (status: number) => boolean): Promise<number> {
    const before = process.cpuUsage();
    for (let index = 0; index < count; index++) {
      const status = await this.send(index);
      if (!expected(status)) throw new Error(`unexpected status ${status}`);
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / count;
  }
}

function discard(_chunk: unknown, _encoding: string, written: () => void): void {
  written();
}
