import { HerdNodeError } from '../../../errors/operation-errors.js';
import { complaint } from '../replies.js';
import { isAbout } from './meta-reply.js';
import type { MetaReply } from './meta-reply.js';
import type { KeyRequest, MetaRequest } from './meta-request.js';

/** A request for one key, answered by one reply. */
export class SingleRequest<Answer> implements MetaRequest {
  readonly count = 1;
  private opaque = 0;

  /** @param read makes the answer of a reply that is for this key; what it throws is the answer too. */
  constructor(
    private readonly request: KeyRequest,
    private readonly read: (reply: MetaReply) => Answer,
    private readonly resolve: (answer: Answer) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  write(firstOpaque: number): string {
    this.opaque = firstOpaque;
    const { head, tail } = this.request;
    return `${head} O${firstOpaque}${tail}`;
  }

  take(reply: MetaReply): boolean {
    if (reply.code === 'line') this.reject(refusal(reply.line, this.request.key));
    else if (reply.opaque !== this.opaque || !isAbout(reply, this.request.wireKey))
      throw strange(reply, this.request.key);
    else {
      try {
        this.resolve(this.read(reply));
      } catch (error) {
        if (error instanceof HerdNodeError) throw error;
        this.reject(error as Error);
      }
    }
    return true;
  }

  fail(error: Error): void {
    this.reject(error);
  }
}

/** What a line in place of an answer means. @throws where it is no complaint of memcached: the replies are out of step. */
export function refusal(line: string, key: string): Error {
  const error = complaint(line, key);
  if (error instanceof HerdNodeError && !line.startsWith('CLIENT_ERROR')) throw error;
  return error;
}

export function strange(reply: MetaReply, key: string): HerdNodeError {
  const { code, opaque, buffer, keyStart, keyEnd } = reply;
  return new HerdNodeError({
    what: `The answer about ${JSON.stringify(key)} is not for that key`,
    received: `${code} k${buffer.toString('latin1', keyStart, keyEnd)} O${opaque}`,
    remedy: 'see what stands between this process and memcached',
  });
}

/** After these the server and this client may count replies differently; only an `incr` of a non-number is safe. */
export const isUnsafe = ({ code, line }: MetaReply): boolean =>
  code === 'line' && /^(?:ERROR|CLIENT_ERROR (?!cannot increment))/.test(line);

export const unexpected = (reply: MetaReply, key: string): HerdNodeError =>
  new HerdNodeError({
    what: `memcached answered ${reply.code} about ${JSON.stringify(key)}`,
    remedy: 'see that the server is memcached 1.6.13 or later',
  });
