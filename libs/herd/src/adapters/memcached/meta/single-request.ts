import type { Pending, PendingListener } from '../../../contracts/pending.js';
import { HerdNodeError } from '../../../errors/operation-errors.js';
import { complaint } from '../replies.js';
import { isAbout } from './meta-reply.js';
import type { MetaReply } from './meta-reply.js';
import type { KeyRequest, MetaRequest } from './meta-request.js';
import { opaqueText } from './opaques.js';

/** A request for one key, answered by one reply. */
export class SingleRequest<Answer> implements MetaRequest, Pending<Answer> {
  readonly count = 1;
  after: MetaRequest | undefined;
  private opaque = 0;
  private listener: PendingListener<Answer> | undefined;
  private failure: Error | undefined;

  /** @param read makes the answer of a reply that is for this key; what it throws is the answer too. */
  constructor(
    private readonly request: KeyRequest,
    private readonly read: (reply: MetaReply, key: string) => Answer,
  ) {}

  listen(listener: PendingListener<Answer>): void {
    this.listener = listener;
    if (this.failure) this.fail(this.failure);
  }

  write(firstOpaque: number): string {
    this.opaque = firstOpaque;
    const { head, tail } = this.request;
    return head + opaqueText(firstOpaque) + tail;
  }

  take(reply: MetaReply): boolean {
    if (reply.code === 'line') this.fail(refusal(reply.line, this.request.key));
    else if (reply.opaque !== this.opaque || !isAbout(reply, this.request.wireKey))
      throw strange(reply, this.request.key);
    else {
      let answer: Answer;
      try {
        answer = this.read(reply, this.request.key);
      } catch (error) {
        if (error instanceof HerdNodeError) throw error;
        this.fail(error as Error);
        return true;
      }
      this.listener!.done(answer);
    }
    return true;
  }

  /** The listener is called later: many may fail at once, and one that fails may end others. */
  fail(error: Error): void {
    const { listener } = this;
    if (listener) queueMicrotask(() => listener.failed(error));
    else this.failure = error;
  }
}

/** What a line in place of an answer means. @throws where it is no complaint of memcached: the replies are out of step. */
export function refusal(line: string, key: string): Error {
  const error = complaint(line, key, 'memcached 1.6.13 or later, and that a proxy before it knows the meta protocol');
  if (error instanceof HerdNodeError && !line.startsWith('CLIENT_ERROR')) throw error;
  return error;
}

export function strange(reply: MetaReply, key: string): HerdNodeError {
  const { code, opaque, text, keyStart, keyEnd } = reply;
  return new HerdNodeError({
    what: `The answer about ${JSON.stringify(key)} is not for that key`,
    received: `${code} k${text.slice(keyStart, keyEnd)} O${opaque}`,
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
