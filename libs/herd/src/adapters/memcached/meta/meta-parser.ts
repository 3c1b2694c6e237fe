import { isAscii } from 'node:buffer';

import { GarbledReply } from '../reply-parser.js';
import { emptyReply } from './meta-reply.js';
import type { MetaCode, MetaReply } from './meta-reply.js';

const CR = 13;
const LF = 10;
const SPACE = 32;
const MINUS = 45;
const nothing = Buffer.alloc(0);
const maxLineBytes = 8192;
const maxValueBytes = 2 ** 30;

/** The codes by their two bytes. */
function codeOf(bytes: number): MetaCode | undefined {
  switch (bytes) {
    case 0x5641:
      return 'VA';
    case 0x4844:
      return 'HD';
    case 0x454e:
      return 'EN';
    case 0x4e53:
      return 'NS';
    case 0x4558:
      return 'EX';
    case 0x4e46:
      return 'NF';
    case 0x4d4e:
      return 'MN';
    default:
      return undefined;
  }
}

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
      readHeader(reply, text, position, lineEnd, this.expectedKey());
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
function readHeader(reply: MetaReply, text: string, start: number, end: number, expectedKey: string): void {
  const isWord = end === start + 2 || text.charCodeAt(start + 2) === SPACE;
  const code = isWord ? codeOf((text.charCodeAt(start) << 8) | text.charCodeAt(start + 1)) : undefined;
  reply.code = code ?? 'line';
  reply.keyStart = reply.keyEnd = reply.valueStart = reply.valueEnd = reply.opaque = reply.flags = 0;
  reply.cas = undefined;
  reply.ttl = -1;
  reply.won = reply.sent = reply.stale = reply.isExpected = false;
  reply.line = code === undefined ? text.slice(start, end) : '';
  if (code === undefined) return;
  let position = start + 3;
  if (code === 'VA') {
    const sizeEnd = readNumber(text, position, end);
    reply.valueEnd = lastNumber;
    if (sizeEnd === position || lastNumber > maxValueBytes) throw new GarbledReply('a value without a size');
    position = sizeEnd + 1;
  }
  while (position < end) position = readFlag(reply, text, position, end, expectedKey) + 1;
}

/** @returns where the flag at `start` ends. */
function readFlag(reply: MetaReply, text: string, start: number, end: number, expectedKey: string): number {
  const from = start + 1;
  let flagEnd: number;
  switch (text.charCodeAt(start)) {
    case 79: // O
      flagEnd = readNumber(text, from, end);
      reply.opaque = lastNumber;
      return flagEnd;
    case 107: // k
      flagEnd = from + expectedKey.length;
      reply.isExpected = expectedKey !== '' && endsWord(text, flagEnd, end) && text.startsWith(expectedKey, from);
      if (!reply.isExpected) flagEnd = endOfWord(text, from, end);
      reply.keyStart = from;
      reply.keyEnd = flagEnd;
      return flagEnd;
    case 102: // f
      flagEnd = readNumber(text, from, end);
      reply.flags = lastNumber;
      return flagEnd;
    case 99: // c
      flagEnd = endOfWord(text, from, end);
      reply.cas = text.slice(from, flagEnd);
      return flagEnd;
    case 116: // t
      flagEnd = text.charCodeAt(from) === MINUS ? endOfWord(text, from, end) : readNumber(text, from, end);
      reply.ttl = text.charCodeAt(from) === MINUS ? -1 : lastNumber;
      return flagEnd;
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
  return endOfWord(text, start, end);
}

const endsWord = (text: string, position: number, end: number): boolean =>
  position === end || (position < end && text.charCodeAt(position) === SPACE);

function endOfWord(text: string, start: number, end: number): number {
  let position = start;
  while (position < end && text.charCodeAt(position) !== SPACE) position++;
  return position;
}

/** What `readNumber` read. Where it ends and what it is, in an object, would be garbage for each. */
let lastNumber = 0;

/** @returns where the number at `start` ends, as the word does. */
function readNumber(text: string, start: number, end: number): number {
  lastNumber = 0;
  for (let position = start; position < end; position++) {
    const code = text.charCodeAt(position);
    if (code === SPACE) return position;
    const digit = code - 48;
    if (digit < 0 || digit > 9) throw new GarbledReply('a word that is no number');
    lastNumber = lastNumber * 10 + digit;
  }
  return end;
}
