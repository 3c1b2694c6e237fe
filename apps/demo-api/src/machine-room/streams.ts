import { HttpException, Injectable } from '@nestjs/common';
import { finalize, type Observable, Subject, takeUntil } from 'rxjs';

const MAX_STREAMS = 64;
const MAX_STREAMS_OF_ONE_CLIENT = 8;
const TOO_MANY_REQUESTS = 429;
const UNAVAILABLE = 503;

/** The streams that are open: bounded in all and for each client, and ended before the application stops. */
@Injectable()
export class Streams {
  readonly #ended = new Subject<void>();
  readonly #byClient = new Map<string, number>();
  #isOver = false;

  /** @throws HttpException 503 when too many are open or the application stops, 429 when this client has too many. */
  open<Message>(client: string, messages: Observable<Message>): Observable<Message> {
    const own = this.#byClient.get(client) ?? 0;
    const all = [...this.#byClient.values()].reduce((sum, count) => sum + count, 0);
    if (this.#isOver) throw new HttpException('The application is about to stop.', UNAVAILABLE);
    if (all >= MAX_STREAMS) throw new HttpException(`At most ${MAX_STREAMS} streams are open at once.`, UNAVAILABLE);
    if (own >= MAX_STREAMS_OF_ONE_CLIENT)
      throw new HttpException(`A client has at most ${MAX_STREAMS_OF_ONE_CLIENT} streams at once.`, TOO_MANY_REQUESTS);
    this.#byClient.set(client, own + 1);
    return messages.pipe(
      takeUntil(this.#ended),
      finalize(() => this.#leave(client)),
    );
  }

  /** Ends all of them, so that a stop need not wait for them. */
  end(): void {
    this.#isOver = true;
    this.#ended.next();
  }

  #leave(client: string): void {
    const left = (this.#byClient.get(client) ?? 1) - 1;
    if (left > 0) this.#byClient.set(client, left);
    else this.#byClient.delete(client);
  }
}
