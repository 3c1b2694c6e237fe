import { isAscii } from 'node:buffer';

import { GarbledReply } from '../reply-parser.js';
import { emptyReply } from './meta-reply.js';
import type { MetaCode, MetaReply } from './meta-reply.js';

const CR = 13;
const LF = 10;
const SPACE = 32;
const nothing = Buffer.alloc(0);
const maxLineBytes = 8192;
const maxValueBytes = 2 ** 30;

/** The codes by their two bytes. */
const codes = new Map<number, MetaCode>(
  (['VA', 'HD', 'EN', 'NS', 'EX', 'NF', 'MN'] as const).map((code) => [
    (code.charCodeAt(0) << 8) | code.charCodeAt(1),
    code,
  ]),
);

/**
 * Cuts a stream into replies, wherever it is torn and whatever the values hold. What has arrived is made a text once: its
 * replies are parts of that, and no Buffer is made for any.
 */
export class MetaParser {
  private rest: Buffer = nothing;
  /** Chunks of a value that is not whole, and how many bytes it takes until it is. */
  private readonly later: Buffer[] = [];
  private missing = 0;
  /** One for all replies: to make one for each would cost as much as to read it. */
  private readonly reply: MetaReply;

  /** @param epoch of the connection whose stream this is. */
  constructor(epoch = 0) {
    this.reply = { ...emptyReply, epoch };
  }

  /**
   * @param chunk is not used after this has returned.
   * @param take is called with each reply, in order; false ends the reading.
   * @throws {@link GarbledReply}
   */
  feed(chunk: Buffer, take: (reply: MetaReply) => boolean): void {
    const buffer = this.joined(chunk);
    if (!buffer) return;
    const { reply } = this;
    const text = buffer.toString('latin1');
    reply.text = text;
    reply.isAscii = isAscii(buffer);
    let position = 0;
    while (position < text.length) {
      const lineEnd = endOfLine(text, position);
      if (lineEnd < 0) break;
      readHeader(reply, text, position, lineEnd);
      let next = lineEnd + 2;
      if (reply.code === 'VA') {
        const size = reply.valueEnd;
        reply.valueStart = next;
        reply.valueEnd = next + size;
        next += size + 2;
        if (next > text.length) {
          this.missing = next - text.length;
          break;
        }
        if (text.charCodeAt(next - 2) !== CR || text.charCodeAt(next - 1) !== LF)
          throw new GarbledReply('a value without an end');
      }
      position = next;
      if (!take(reply)) return;
    }
    reply.text = '';
    this.rest = position < text.length ? Buffer.from(buffer.subarray(position)) : nothing;
  }

  /** What was left, with `chunk`; `undefined` while a long value is not whole: it is joined once. */
  private joined(chunk: Buffer): Buffer | undefined {
    if (chunk.length < this.missing) {
      this.later.push(Buffer.from(chunk));
      this.missing -= chunk.length;
      return undefined;
    }
    this.missing = 0;
    if (this.rest.length === 0) return chunk;
    const whole = Buffer.concat([this.rest, ...this.later, chunk]);
    this.later.length = 0;
    this.rest = nothing;
    return whole;
  }
}

function endOfLine(text: string, start: number): number {
  for (let end = text.indexOf('\r', start); end >= 0; end = text.indexOf('\r', end + 1))
    if (text.charCodeAt(end + 1) === LF) return end;
  if (text.length - start > maxLineBytes) throw new GarbledReply('a line without an end');
  return -1;
}

/** The size of a value is left in `valueEnd`. */
function readHeader(reply: MetaReply, text: string, start: number, end: number): void {
  const isWord = end === start + 2 || text.charCodeAt(start + 2) === SPACE;
  const code = isWord ? codes.get((text.charCodeAt(start) << 8) | text.charCodeAt(start + 1)) : undefined;
  reply.code = code ?? 'line';
  reply.keyStart = reply.keyEnd = reply.valueStart = reply.valueEnd = reply.opaque = reply.flags = 0;
  reply.cas = undefined;
  reply.ttl = -1;
  reply.won = reply.sent = reply.stale = false;
  reply.line = code === undefined ? text.slice(start, end) : '';
  if (code === undefined) return;
  let position = start + 3;
  if (code === 'VA') {
    const sizeEnd = endOfWord(text, position, end);
    reply.valueEnd = numberOf(text, position, sizeEnd);
    if (sizeEnd === position || reply.valueEnd > maxValueBytes) throw new GarbledReply('a value without a size');
    position = sizeEnd + 1;
  }
  while (position < end) {
    const wordEnd = endOfWord(text, position, end);
    readFlag(reply, text, position, wordEnd);
    position = wordEnd + 1;
  }
}

function readFlag(reply: MetaReply, text: string, start: number, end: number): void {
  switch (text.charCodeAt(start)) {
    case 79: // O
      reply.opaque = numberOf(text, start + 1, end);
      break;
    case 107: // k
      reply.keyStart = start + 1;
      reply.keyEnd = end;
      break;
    case 102: // f
      reply.flags = numberOf(text, start + 1, end);
      break;
    case 99: // c
      reply.cas = text.slice(start + 1, end);
      break;
    case 116: // t
      reply.ttl = text.charCodeAt(start + 1) === 45 ? -1 : numberOf(text, start + 1, end);
      break;
    case 87: // W
      reply.won = true;
      break;
    case 90: // Z
      reply.sent = true;
      break;
    case 88: // X
      reply.stale = true;
      break;
    default: // Flags that a later server may add say nothing that was asked for.
  }
}

function endOfWord(text: string, start: number, end: number): number {
  let position = start;
  while (position < end && text.charCodeAt(position) !== SPACE) position++;
  return position;
}

function numberOf(text: string, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) throw new GarbledReply('a word that is no number');
    value = value * 10 + digit;
  }
  return value;
}
