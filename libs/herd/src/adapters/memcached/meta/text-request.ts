import type { MetaReply } from './meta-reply.js';
import type { MetaRequest } from './meta-request.js';
import { refusal } from './single-request.js';

/** A command of the older text protocol, about the server and no key: `version`, `stats`, `flush_all`; or the barrier `mn`. */
export class TextRequest implements MetaRequest {
  readonly count = 0;
  after: MetaRequest | undefined;
  private readonly lines: string[] = [];

  /** @param isLast whether a line ends the answer. */
  constructor(
    private readonly command: string,
    private readonly isLast: (line: string) => boolean,
    private readonly resolve: (lines: readonly string[]) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  write(): string {
    return `${this.command}\r\n`;
  }

  take(reply: MetaReply): boolean {
    const line = reply.code === 'line' ? reply.line : reply.code;
    this.lines.push(line);
    if (this.isLast(line)) this.resolve(this.lines);
    else if (line.startsWith('STAT ')) return false;
    else this.reject(refusal(line, this.command));
    return true;
  }

  fail(error: Error): void {
    this.reject(error);
  }
}
