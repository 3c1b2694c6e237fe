import { GarbledReply } from '../reply-cutter.js';
import type { MetaCode, MetaReply } from './meta-reply.js';

const SPACE = 32;
const MINUS = 45;
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

/** Reads the line of a reply, which stands in `text` from `start` to `end`. @throws {@link GarbledReply} */
export function readHeader(reply: MetaReply, text: string, start: number, end: number): void {
  const isWord = end === start + 2 || text.charCodeAt(start + 2) === SPACE;
  const code = isWord ? codeOf((text.charCodeAt(start) << 8) | text.charCodeAt(start + 1)) : undefined;
  reply.code = code ?? 'line';
  reply.keyStart = reply.keyEnd = reply.valueSize = reply.opaque = reply.flags = 0;
  reply.cas = undefined;
  reply.ttl = -1;
  reply.won = reply.sent = reply.stale = false;
  reply.line = code === undefined ? text.slice(start, end) : '';
  if (code === undefined) return;
  let position = start + 3;
  if (code === 'VA') {
    const sizeEnd = readNumber(text, position, end);
    reply.valueSize = lastNumber;
    if (sizeEnd === position || lastNumber > maxValueBytes) throw new GarbledReply('a value without a size');
    position = sizeEnd + 1;
  }
  while (position < end) position = readFlag(reply, text, position, end) + 1;
}

/** @returns where the flag at `start` ends. */
function readFlag(reply: MetaReply, text: string, start: number, end: number): number {
  const from = start + 1;
  let flagEnd: number;
  switch (text.charCodeAt(start)) {
    case 79: // O
      flagEnd = readNumber(text, from, end);
      reply.opaque = lastNumber;
      return flagEnd;
    case 107: // k
      flagEnd = endOfWord(text, from, end);
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
    default: // Flags that a later server may add belong to nothing that was requested.
  }
  return endOfWord(text, start, end);
}

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
