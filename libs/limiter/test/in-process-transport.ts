import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';

/** Nest's own way from a message to its handler, without a network. */
export class InProcessTransport extends Server implements CustomTransportStrategy {
  listen(ready: () => void): void {
    ready();
  }

  close(): void {
    this.messageHandlers.clear();
  }

  on(): void {}

  unwrap<T>(): T {
    return this as unknown as T;
  }

  async ask(pattern: string, message: unknown): Promise<unknown> {
    const answer: unknown = await this.getHandlerByPattern(pattern)!(message);
    return lastValueFrom(this.transformToObservable(answer));
  }
}
