import { HerdNodeError, HerdRequestError } from '../../../errors/operation-errors.js';
import { isAbout } from './meta-reply.js';
import type { MetaReply } from './meta-reply.js';
import type { KeyRequest, MetaRequest } from './meta-request.js';
import { opaqueText } from './opaques.js';
import { refusal, strange } from './single-request.js';

/**
 * Requests for many keys, each quiet: the server answers only what is not as usual, in order, and at last the barrier `mn`.
 * An answer belongs to a key by its opaque.
 */
export class BatchRequest implements MetaRequest {
  readonly count: number;
  after: MetaRequest | undefined;
  private first = 0;
  /** The next item that may be answered. */
  private next = 0;
  private failure: Error | undefined;

  /** @param read makes of an answer what it means for the item `index`; what it throws fails the whole. */
  constructor(
    private readonly items: readonly KeyRequest[],
    private readonly read: (reply: MetaReply, index: number) => void,
    private readonly resolve: () => void,
    private readonly reject: (error: Error) => void,
  ) {
    this.count = items.length;
  }

  write(firstOpaque: number): string {
    this.first = firstOpaque;
    let text = '';
    this.items.forEach(({ head, tail }, i) => (text += `${head} q${opaqueText(firstOpaque + i)}${tail}`));
    return `${text}mn\r\n`;
  }

  take(reply: MetaReply): boolean {
    if (reply.code === 'MN') {
      if (this.failure) this.reject(this.failure);
      else this.resolve();
      return true;
    }
    if (reply.code === 'line') {
      // Of which is not in it: the barrier is still to come.
      this.failure ??= refusal(reply.line, this.items[this.next]?.key ?? '');
      return false;
    }
    const index = reply.opaque - this.first;
    const item = this.items[index];
    if (!item || index < this.next || !isAbout(reply, item.wireKey)) throw strange(reply, item?.key ?? '');
    this.next = index + 1;
    try {
      this.read(reply, index);
    } catch (error) {
      if (error instanceof HerdNodeError) throw error;
      this.failure ??= error as Error;
    }
    return false;
  }

  /** Where the connection ended by a command that the server does not know, that is the failure, as it is of a single request. */
  fail(error: Error): void {
    this.reject(this.failure instanceof HerdRequestError ? this.failure : error);
  }
}
