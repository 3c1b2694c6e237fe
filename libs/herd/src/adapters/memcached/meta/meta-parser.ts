import { noBytes, ReplyCutter } from '../reply-cutter.js';
import { readHeader } from './meta-header.js';
import { emptyReply } from './meta-reply.js';
import type { MetaReply } from './meta-reply.js';

/** Reads the replies of the meta protocol, and those lines of the older one that are answers to no key. */
export class MetaParser extends ReplyCutter<MetaReply> {
  /** One for all replies: to make one for each would cost as much as to read it. */
  private readonly reply: MetaReply;

  /** @param epoch of the connection whose stream this is. */
  constructor(epoch = 0) {
    super();
    this.reply = { ...emptyReply, epoch };
  }

  override feed(chunk: Buffer, take: (reply: MetaReply) => boolean): void {
    super.feed(chunk, take);
    if (this.isWithinValue) return;
    this.reply.text = '';
    this.reply.valueBytes = noBytes;
  }

  protected override readLine(text: string, start: number, end: number): number {
    const { reply } = this;
    reply.text = text;
    readHeader(reply, text, start, end);
    return reply.code === 'VA' ? reply.valueSize : -1;
  }

  protected override readValue(ascii: string | undefined, bytes: Buffer, ownsBytes: boolean): void {
    const { reply } = this;
    reply.asciiValue = ascii;
    reply.valueBytes = bytes;
    reply.ownsBytes = ownsBytes;
  }

  protected override whole(): MetaReply {
    return this.reply;
  }
}
