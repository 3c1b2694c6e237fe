/** A value as it came off the wire; `key` and `data` are latin1 strings, each character one byte. */
export type ReplyValue = Readonly<{ key: string; flags: number; cas: string | undefined; data: string }>;

/** One complete reply. */
export type Reply =
  | Readonly<{ kind: 'line'; line: string }>
  | Readonly<{ kind: 'end'; values: readonly ReplyValue[]; stats: readonly string[] }>;

/** The server sent what is no reply of memcached's text protocol: the stream cannot be trusted any further. */
export class GarbledReply extends Error {}

const lineReply =
  /^(?:STORED|NOT_STORED|EXISTS|NOT_FOUND|DELETED|TOUCHED|OK|RESET|ERROR|EN|HD(?: .*)?|\d+|(?:VERSION|CLIENT_ERROR|SERVER_ERROR) .*)$/;
const valueLine = /^VALUE (\S+) (\d{1,10}) (\d{1,9})(?: (\d{1,20}))?$/;
const maxLineChars = 8192;

/** Cuts a stream of latin1 text into replies, wherever it is torn and whatever the values hold. */
export class ReplyParser {
  private text = '';
  private position = 0;
  private needed = 0;
  private values: ReplyValue[] = [];
  private stats: string[] = [];

  /** @throws {@link GarbledReply} */
  *feed(chunk: string): Generator<Reply> {
    this.text += chunk;
    // A long value comes in many chunks: joining them is put off until it is whole.
    while (this.text.length >= this.needed) {
      const end = this.text.indexOf('\r\n', this.position);
      if (end < 0) {
        if (this.text.length - this.position > maxLineChars) throw new GarbledReply('a line without an end');
        break;
      }
      const line = this.text.slice(this.position, end);
      const value = valueLine.exec(line);
      if (value) {
        if (!this.takeValue(value, end + 2)) break;
      } else {
        this.position = end + 2;
        this.needed = 0;
        const reply = this.take(line);
        if (reply) yield reply;
      }
    }
    this.dropRead();
  }

  /** @returns false, and changes nothing, while the value is not whole. */
  private takeValue([, key, flags, length, cas]: RegExpExecArray, start: number): boolean {
    const end = start + Number(length);
    this.needed = end + 2;
    if (this.text.length < this.needed) return false;
    if (this.text.slice(end, end + 2) !== '\r\n') throw new GarbledReply('a value without an end');
    this.values.push({ key: key!, flags: Number(flags), cas, data: this.text.slice(start, end) });
    this.position = this.needed;
    this.needed = 0;
    return true;
  }

  private take(line: string): Reply | undefined {
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

  private dropRead(): void {
    if (this.position === 0) return;
    this.text = this.text.slice(this.position);
    this.needed = Math.max(0, this.needed - this.position);
    this.position = 0;
  }
}
