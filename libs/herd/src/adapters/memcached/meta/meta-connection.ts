import { randomInt } from 'node:crypto';
import type { Socket } from 'node:net';

import type { ChunkReader } from '../../../support/chunk-reader.js';
import { problemOf } from '../../../support/message-of.js';
import { HerdNodeError, HerdOverloadError } from '../../../errors/operation-errors.js';
import { MetaParser } from './meta-parser.js';
import type { MetaReply } from './meta-reply.js';
import type { MetaRequest } from './meta-request.js';
import { largestOpaque, smallestOpaque } from './opaques.js';
import { RequestQueue } from './request-queue.js';
import { isUnsafe } from './single-request.js';

/** What may wait for a server that reads more slowly than requests come. */
const maxWaitingBytes = 64 * 1024 * 1024;

const ignored = (): void => undefined;

/** One pipelined connection. What is sent in one turn of the event loop leaves as one write. */
export class MetaConnection {
  /** Drawn by chance, so that no other process has it too: a token that this connection gave is good for it alone. */
  readonly epoch = randomInt(2 ** 47) + 1;
  private readonly pending = new RequestQueue<MetaRequest>();
  private readonly parser = new MetaParser(this.epoch);
  private waiting = '';
  private flushing = false;
  private opaque = smallestOpaque;
  private failure: unknown;
  private ended: HerdNodeError | undefined;

  /**
   * @param reader of the socket.
   * @param onEnd called once, when it is not to be used any more.
   * @param error makes the error of the node.
   */
  constructor(
    private readonly socket: Socket,
    private readonly reader: ChunkReader,
    private readonly onEnd: () => void,
    private readonly error: (what: string, cause?: unknown) => HerdNodeError,
  ) {
    socket.unref();
    socket.on('drain', this.flush);
    socket.once('error', (cause) => (this.failure = cause));
    socket.once('close', () => this.end(error('closed the connection', this.failure)));
    reader.listen((chunk) => this.read(chunk));
  }

  get isOpen(): boolean {
    return this.ended === undefined && this.socket.readyState === 'open';
  }

  /** How many requests wait for their answers. */
  get load(): number {
    return this.pending.size;
  }

  send(request: MetaRequest): void {
    if (this.ended) return request.fail(this.ended);
    if (this.waiting.length > maxWaitingBytes) return request.fail(this.overload());
    if (this.opaque + request.count > largestOpaque) this.opaque = smallestOpaque;
    const text = request.write(this.opaque);
    this.opaque += request.count;
    this.pending.push(request);
    this.waiting += text;
    if (this.flushing) return;
    this.flushing = true;
    process.nextTick(this.flush);
  }

  /** Fails what is in flight, and closes. */
  end(error: HerdNodeError): void {
    if (this.ended) return;
    this.ended = error;
    this.waiting = '';
    this.socket.off('drain', this.flush);
    this.reader.listen(ignored);
    this.socket.destroy();
    this.onEnd();
    for (let request = this.pending.shift(); request; request = this.pending.shift()) request.fail(error);
  }

  private readonly flush = (): void => {
    this.flushing = false;
    // What comes while the socket is full waits here, where it is counted.
    if (this.waiting === '' || !this.socket.writable || this.socket.writableNeedDrain) return;
    const text = this.waiting;
    this.waiting = '';
    this.socket.write(text, 'latin1');
  };

  private read(chunk: Buffer): void {
    try {
      this.parser.feed(chunk, this.take);
    } catch (cause) {
      this.end(cause instanceof HerdNodeError ? cause : this.error(`sent ${problemOf(cause)}`));
    }
  }

  private readonly take = (reply: MetaReply): boolean => {
    const request = this.pending.first;
    if (!request) throw new Error('a reply without a request');
    if (request.take(reply)) this.pending.shift();
    if (isUnsafe(reply)) throw new Error(`it refused a command (${reply.line})`);
    return this.ended === undefined;
  };

  private overload(): HerdOverloadError {
    return new HerdOverloadError({
      what: `More than ${maxWaitingBytes} bytes wait for the node to read them`,
      remedy: 'send less at once, or add nodes',
    });
  }
}
