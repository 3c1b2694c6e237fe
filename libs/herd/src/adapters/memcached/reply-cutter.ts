import { isAscii } from 'node:buffer';

/** The server sent what is no reply of its protocol: the stream cannot be trusted any further. */
export class GarbledReply extends Error {}

const CR = 13;
const LF = 10;
const maxLineBytes = 8192;

/** What is made a text at once; a value that does not end within it is cut out of the bytes. Longer than any line. */
const windowBytes = 2 * maxLineBytes;

/** Where reading stops, as `take` has returned false. */
const stopped = -1;

export const noBytes: Buffer = Buffer.alloc(0);

/** A value that is still arriving. @property ends how much of the CR LF after it has come. */
type Arriving = { readonly bytes: Buffer; filled: number; ends: number };

/**
 * Cuts a stream into lines, and values whose size is in a line, wherever it is torn and whatever the values hold. What has
 * arrived is made a text once: lines and small values are parts of that, and no Buffer is made for any. A long value is copied
 * once, into a Buffer of its size, as its chunks come; one that is whole in its chunk, not at all.
 */
export abstract class ReplyCutter<Reply> {
  /** The beginning of a line that is not whole. */
  private rest = noBytes;
  private arriving: Arriving | undefined;

  /** Whether a value has begun that is not whole. */
  protected get isWithinValue(): boolean {
    return this.arriving !== undefined;
  }

  /**
   * Reads the line that stands in `text` from `start` to `end`.
   *
   * @returns the bytes of the value that follows it; -1 where none does.
   */
  protected abstract readLine(text: string, start: number, end: number): number;

  /**
   * Reads the value after that line: a text where it is small and each byte below 128, else bytes.
   *
   * @param ownsBytes whether those stay as they are.
   */
  protected abstract readValue(ascii: string | undefined, bytes: Buffer, ownsBytes: boolean): void;

  /** @returns the reply that the last line, or value, has made whole. */
  protected abstract whole(): Reply | undefined;

  /**
   * @param chunk is not used after this has returned.
   * @param take is called with each reply, in order; false ends the reading.
   * @throws {@link GarbledReply}
   */
  feed(chunk: Buffer, take: (reply: Reply) => boolean): void {
    let position = this.arriving ? this.fill(this.arriving, chunk, 0, take) : 0;
    while (position !== stopped && position < chunk.length) position = this.readWindow(chunk, position, take);
  }

  /** @returns where in `chunk` to read on. */
  private readWindow(chunk: Buffer, start: number, take: (reply: Reply) => boolean): number {
    const end = Math.min(chunk.length, start + windowBytes);
    const text = this.textOf(chunk, start, end);
    const origin = start - this.rest.length;
    this.rest = noBytes;
    let ascii: boolean | undefined;
    let position = 0;
    while (position < text.length) {
      const lineEnd = endOfLine(text, position);
      if (lineEnd < 0) {
        if (end < chunk.length) return origin + position;
        this.rest = Buffer.from(text.slice(position), 'latin1');
        return end;
      }
      const size = this.readLine(text, position, lineEnd);
      position = lineEnd + 2;
      if (size >= 0) {
        const from = position;
        const valueEnd = from + size;
        position = valueEnd + 2;
        if (position > text.length) return this.readLong(chunk, origin + from, size, take);
        if (text.charCodeAt(valueEnd) !== CR || text.charCodeAt(valueEnd + 1) !== LF) throw withoutEnd();
        ascii ??= isAscii(chunk.subarray(start, end));
        if (ascii) this.readValue(text.slice(from, valueEnd), noBytes, true);
        else this.readValue(undefined, chunk.subarray(origin + from, origin + valueEnd), false);
      }
      const reply = this.whole();
      if (reply !== undefined && !take(reply)) return stopped;
    }
    return end;
  }

  /** Of what was left and a part of `chunk`. To join two texts would make each look into the whole a walk through both. */
  private textOf(chunk: Buffer, start: number, end: number): string {
    if (this.rest.length === 0) return chunk.toString('latin1', start, end);
    return Buffer.concat([this.rest, chunk.subarray(start, end)]).toString('latin1');
  }

  /** A value that begins at `from`, and does not end in the text that was made. */
  private readLong(chunk: Buffer, from: number, size: number, take: (reply: Reply) => boolean): number {
    const end = from + size;
    if (end + 2 > chunk.length) {
      this.arriving = { bytes: Buffer.allocUnsafeSlow(size), filled: 0, ends: 0 };
      return this.fill(this.arriving, chunk, from, take);
    }
    if (chunk[end] !== CR || chunk[end + 1] !== LF) throw withoutEnd();
    this.readValue(undefined, chunk.subarray(from, end), false);
    return this.gone(end + 2, take);
  }

  /** Goes on with a value, from `start` in `chunk`. */
  private fill(value: Arriving, chunk: Buffer, start: number, take: (reply: Reply) => boolean): number {
    const copied = chunk.copy(value.bytes, value.filled, start);
    value.filled += copied;
    let position = start + copied;
    for (; position < chunk.length && value.ends < 2; position++, value.ends++)
      if (chunk[position] !== (value.ends === 0 ? CR : LF)) throw withoutEnd();
    if (value.ends < 2) return position;
    this.arriving = undefined;
    this.readValue(undefined, value.bytes, true);
    return this.gone(position, take);
  }

  private gone(position: number, take: (reply: Reply) => boolean): number {
    const reply = this.whole();
    return reply === undefined || take(reply) ? position : stopped;
  }
}

const withoutEnd = (): GarbledReply => new GarbledReply('a value without an end');

function endOfLine(text: string, start: number): number {
  const last = start + maxLineBytes;
  for (let end = text.indexOf('\r', start); end >= 0 && end <= last; end = text.indexOf('\r', end + 1))
    if (text.charCodeAt(end + 1) === LF) return end;
  // One character more may be the CR of an end that has not come.
  if (text.length > last + 1) throw new GarbledReply('a line without an end');
  return -1;
}
