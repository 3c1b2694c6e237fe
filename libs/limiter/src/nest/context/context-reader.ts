import type { ExecutionContext } from '@nestjs/common';
import type { ClientAddresses } from './client-addresses.js';
import type { RateLimitException } from '../rate-limit.exceptions.js';

/** What the guard needs of an incoming call, whatever carried it. */
export interface IncomingCall {
  readonly request: unknown;
  /** The same object for every guard that sees this call: how a global and a route guard count it once. */
  readonly identity: object;
  /** The caller's address, or `undefined` where the transport has none. */
  address(): string | undefined;
  /** Absent where a transport has no response headers. */
  setHeader?(name: string, value: string): void;
  /** Calls back once, when the response has left or was broken off. Absent where only an interceptor sees it. */
  onEnd?(ended: (failed: boolean) => void): void;
  /** The refusal in the form that the transport sends to its caller. */
  refusal(exception: RateLimitException): Error | Promise<Error>;
}

/** Reads one type of context: `'http'`, `'graphql'`, `'ws'`, `'rpc'`. */
export type ContextReader = (context: ExecutionContext, options: ContextReaderOptions) => IncomingCall;

export interface ContextReaderOptions {
  readonly addresses: ClientAddresses;
}
