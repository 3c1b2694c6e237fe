import type { MetaReply } from './meta-reply.js';
import type { Queued } from './request-queue.js';

/**
 * A request for one key in its wire form: what stands before its opaque, which ends the line, and after it. `wireKey` is the key
 * alone.
 */
export type KeyRequest = Readonly<{ key: string; wireKey: string; head: string; tail: string }>;

/**
 * One request on its way; its replies come in order. `O` with its opaque stands between `head` and `tail`.
 *
 * @property count how many opaques it uses, one by one from the first.
 */
export interface MetaRequest extends Queued<MetaRequest> {
  readonly count: number;
  /** The text to send, one character per byte. */
  write(firstOpaque: number): string;
  /**
   * @returns whether it is answered.
   * @throws HerdNodeError where the reply is no answer to it: the connection cannot be trusted any further.
   */
  take(reply: MetaReply): boolean;
  fail(error: Error): void;
}
