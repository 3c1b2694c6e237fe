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

/** Cuts a stream into replies, wherever it is torn and whatever the values hold. */
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
   * @param take is called with each reply, in order; false ends the reading.
   * @throws {@link GarbledReply}
   */
  feed(chunk: Buffer, take: (reply: MetaReply) => boolean): void {
    const buffer = this.joined(chunk);
    if (!buffer) return;
    const { reply } = this;
    let position = 0;
    while (position < buffer.length) {
      const lineEnd = endOfLine(buffer, position);
      if (lineEnd < 0) break;
      readHeader(reply, buffer, position, lineEnd);
      let next = lineEnd + 2;
      if (reply.code === 'VA') {
        const size = reply.valueEnd;
        reply.valueStart = next;
        reply.valueEnd = next + size;
        next += size + 2;
        if (next > buffer.length) {
          this.missing = next - buffer.length;
          break;
        }
        if (buffer[next - 2] !== CR || buffer[next - 1] !== LF) throw new GarbledReply('a value without an end');
      }
      position = next;
      if (!take(reply)) return;
    }
    reply.buffer = nothing;
    this.rest = position < buffer.length ? buffer.subarray(position) : nothing;
  }

  /** What was left, with `chunk`; `undefined` while a long value is not whole: it is joined once. */
  private joined(chunk: Buffer): Buffer | undefined {
    if (chunk.length < this.missing) {
      this.later.push(chunk);
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

function endOfLine(buffer: Buffer, start: number): number {
  for (let i = start; i < buffer.length - 1; i++) if (buffer[i] === CR && buffer[i + 1] === LF) return i;
  if (buffer.length - start > maxLineBytes) throw new GarbledReply('a line without an end');
  return -1;
}

/** The size of a value is left in `valueEnd`. */
function readHeader(reply: MetaReply, buffer: Buffer, start: number, end: number): void {
  const isWord = end === start + 2 || buffer[start + 2] === SPACE;
  const code = isWord ? codes.get((buffer[start]! << 8) | buffer[start + 1]!) : undefined;
  reply.code = code ?? 'line';
  reply.buffer = buffer;
  reply.keyStart = reply.keyEnd = reply.valueStart = reply.valueEnd = reply.opaque = reply.flags = 0;
  reply.cas = undefined;
  reply.ttl = -1;
  reply.won = reply.sent = reply.stale = false;
  reply.line = code === undefined ? buffer.toString('latin1', start, end) : '';
  if (code === undefined) return;
  let position = start + 3;
  if (code === 'VA') {
    const sizeEnd = endOfWord(buffer, position, end);
    reply.valueEnd = numberOf(buffer, position, sizeEnd);
    if (sizeEnd === position || reply.valueEnd > maxValueBytes) throw new GarbledReply('a value without a size');
    position = sizeEnd + 1;
  }
  while (position < end) {
    const wordEnd = endOfWord(buffer, position, end);
    readFlag(reply, position, wordEnd);
    position = wordEnd + 1;
  }
}

function readFlag(reply: MetaReply, start: number, end: number): void {
  const { buffer } = reply;
  switch (buffer[start]) {
    case 79: // O
      reply.opaque = numberOf(buffer, start + 1, end);
      break;
    case 107: // k
      reply.keyStart = start + 1;
      reply.keyEnd = end;
      break;
    case 102: // f
      reply.flags = numberOf(buffer, start + 1, end);
      break;
    case 99: // c
      reply.cas = buffer.toString('latin1', start + 1, end);
      break;
    case 116: // t
      reply.ttl = buffer[start + 1] === 45 ? -1 : numberOf(buffer, start + 1, end);
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

function endOfWord(buffer: Buffer, start: number, end: number): number {
  let position = start;
  while (position < end && buffer[position] !== SPACE) position++;
  return position;
}

function numberOf(buffer: Buffer, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = buffer[i]! - 48;
    if (digit < 0 || digit > 9) throw new GarbledReply('a word that is no number');
    value = value * 10 + digit;
  }
  return value;
}
