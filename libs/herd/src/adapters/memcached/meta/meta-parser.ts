import { isAscii } from 'node:buffer';

import { GarbledReply } from '../reply-parser.js';
import { readHeader } from './meta-header.js';
import { emptyReply, noBytes } from './meta-reply.js';
import type { MetaReply } from './meta-reply.js';

const CR = 13;
const LF = 10;
const maxLineBytes = 8192;

/** What is made a text at once; a value that does not end within it is taken from the bytes. Longer than any line. */
const windowBytes = 2 * maxLineBytes;

/** Where reading stops, as `take` wants no more. */
const stopped = -1;

/** A value that is still arriving. @property ends how much of the CR LF after it has come. */
type Arriving = { readonly bytes: Buffer; filled: number; ends: number };

/**
 * Cuts a stream into replies, wherever it is torn and whatever the values hold. What has arrived is made a text once: small
 * replies are parts of that, and no Buffer is made for any. A long value is copied once, into a Buffer of its size, as its
 * chunks come; one that is whole in its chunk, not at all.
 */
export class MetaParser {
  /** The beginning of a line that is not whole, one character per byte. */
  private rest = '';
  private arriving: Arriving | undefined;
  /** One for all replies: to make one for each would cost as much as to read it. */
  private readonly reply: MetaReply;

  /**
   * @param epoch of the connection whose stream this is.
   * @param expectedKey the key that the next reply should be about, as it is echoed: to compare costs less than to search for
   * its end. Empty where that is not known.
   */
  constructor(
    epoch = 0,
    private readonly expectedKey = (): string => '',
  ) {
    this.reply = { ...emptyReply, epoch };
  }

  /**
   * @param chunk is not used after this has returned.
   * @param take is called with each reply, in order; false ends the reading.
   * @throws {@link GarbledReply}
   */
  feed(chunk: Buffer, take: (reply: MetaReply) => boolean): void {
    let position = 0;
    if (this.arriving) position = this.fill(this.arriving, chunk, 0, take);
    while (position !== stopped && position < chunk.length) position = this.readWindow(chunk, position, take);
    if (this.arriving) return;
    this.reply.text = '';
    this.reply.valueBytes = noBytes;
  }

  /** @returns where in `chunk` to read on. */
  private readWindow(chunk: Buffer, start: number, take: (reply: MetaReply) => boolean): number {
    const { reply } = this;
    const end = Math.min(chunk.length, start + windowBytes);
    const text = this.rest + chunk.toString('latin1', start, end);
    const origin = start - this.rest.length;
    this.rest = '';
    reply.text = text;
    let ascii: boolean | undefined;
    let position = 0;
    while (position < text.length) {
      const lineEnd = endOfLine(text, position);
      if (lineEnd < 0) {
        if (end < chunk.length) return origin + position;
        this.rest = text.slice(position);
        return end;
      }
      readHeader(reply, text, position, lineEnd, this.expectedKey());
      position = lineEnd + 2;
      if (reply.code === 'VA') {
        const from = position;
        const valueEnd = from + reply.valueSize;
        position = valueEnd + 2;
        if (position > text.length) return this.readLong(chunk, origin + from, take);
        if (text.charCodeAt(valueEnd) !== CR || text.charCodeAt(valueEnd + 1) !== LF)
          throw new GarbledReply('a value without an end');
        ascii ??= isAscii(chunk.subarray(start, end));
        if (ascii) reply.asciiValue = text.slice(from, valueEnd);
        else giveBytes(reply, chunk.subarray(origin + from, origin + valueEnd), false);
      }
      if (!take(reply)) return stopped;
    }
    return end;
  }

  /** A value that begins at `from`, and does not end in the text that was made. */
  private readLong(chunk: Buffer, from: number, take: (reply: MetaReply) => boolean): number {
    const end = from + this.reply.valueSize;
    if (end + 2 > chunk.length) {
      this.arriving = { bytes: Buffer.allocUnsafeSlow(this.reply.valueSize), filled: 0, ends: 0 };
      return this.fill(this.arriving, chunk, from, take);
    }
    if (chunk[end] !== CR || chunk[end + 1] !== LF) throw new GarbledReply('a value without an end');
    giveBytes(this.reply, chunk.subarray(from, end), false);
    return take(this.reply) ? end + 2 : stopped;
  }

  /** Goes on with a value, from `start` in `chunk`. */
  private fill(value: Arriving, chunk: Buffer, start: number, take: (reply: MetaReply) => boolean): number {
    const copied = chunk.copy(value.bytes, value.filled, start);
    value.filled += copied;
    let position = start + copied;
    for (; position < chunk.length && value.ends < 2; position++, value.ends++)
      if (chunk[position] !== (value.ends === 0 ? CR : LF)) throw new GarbledReply('a value without an end');
    if (value.ends < 2) return position;
    this.arriving = undefined;
    giveBytes(this.reply, value.bytes, true);
    return take(this.reply) ? position : stopped;
  }
}

function giveBytes(reply: MetaReply, bytes: Buffer, own: boolean): void {
  reply.asciiValue = undefined;
  reply.valueBytes = bytes;
  reply.ownsBytes = own;
}

function endOfLine(text: string, start: number): number {
  const last = start + maxLineBytes;
  for (let end = text.indexOf('\r', start); end >= 0 && end <= last; end = text.indexOf('\r', end + 1))
    if (text.charCodeAt(end + 1) === LF) return end;
  // One character more may be the CR of an end that has not come.
  if (text.length > last + 1) throw new GarbledReply('a line without an end');
  return -1;
}
