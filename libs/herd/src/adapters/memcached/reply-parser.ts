import { GarbledReply, ReplyCutter } from './reply-cutter.js';

/**
 * A value as it came off the wire. `key` has one character per byte; `data` is a text where it is small and each of its bytes below
 * 128, else bytes of its own.
 */
export type ReplyValue = Readonly<{ key: string; flags: number; cas: string | undefined; data: string | Buffer }>;

/** One complete reply. */
export type Reply =
  | Readonly<{ kind: 'line'; line: string }>
  | Readonly<{ kind: 'end'; values: readonly ReplyValue[]; stats: readonly string[] }>;

const lineReply =
  /^(?:STORED|NOT_STORED|EXISTS|NOT_FOUND|DELETED|TOUCHED|OK|RESET|ERROR|EN|HD(?: .*)?|\d+|(?:VERSION|CLIENT_ERROR|SERVER_ERROR) .*)$/;
const valueLine = /^VALUE (\S+) (\d{1,10}) (\d{1,9})(?: (\d{1,20}))?$/;

/** Reads the replies of the text protocol. */
export class ReplyParser extends ReplyCutter<Reply> {
  private values: ReplyValue[] = [];
  private stats: string[] = [];
  /** The line that describes the value that follows. */
  private header: Omit<ReplyValue, 'data'> | undefined;
  private reply: Reply | undefined;

  protected override readLine(text: string, start: number, end: number): number {
    const line = text.slice(start, end);
    const value = valueLine.exec(line);
    if (value) {
      const [, key, flags, length, cas] = value;
      this.header = { key: key!, flags: Number(flags), cas };
      return Number(length);
    }
    this.reply = this.replyOf(line);
    return -1;
  }

  protected override readValue(ascii: string | undefined, bytes: Buffer, ownsBytes: boolean): void {
    const { key, flags, cas } = this.header!;
    this.values.push({ key, flags, cas, data: ascii ?? (ownsBytes ? bytes : Buffer.from(bytes)) });
  }

  protected override whole(): Reply | undefined {
    const { reply } = this;
    this.reply = undefined;
    return reply;
  }

  private replyOf(line: string): Reply | undefined {
    if (line.startsWith('STAT ')) {
      this.stats.push(line.slice(5));
      return undefined;
    }
    const { values, stats } = this;
    this.values = [];
    this.stats = [];
    if (line === 'END') return { kind: 'end', values, stats };
    if (lineReply.test(line)) return { kind: 'line', line };
    throw new GarbledReply(`the line ${JSON.stringify(line.slice(0, 60))}`);
  }
}
