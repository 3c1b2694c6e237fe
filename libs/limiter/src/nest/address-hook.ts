import { Logger } from '@nestjs/common';
import { messageOf } from '../errors/message-of.js';
import type { IncomingCall } from './context/context-reader.js';
import type { ResolvedModuleOptions } from './module-options.js';
import { RateLimitContext } from './rate-limit-context.js';

const logger = new Logger('RateLimit');

type AddressOf = (context: RateLimitContext) => string | undefined;

/** The client's address of a call: what the application's `address` finds, else what the transport and the proxies say. */
export class AddressHook {
  #logged = false;

  constructor(private readonly options: Pick<ResolvedModuleOptions, 'addresses' | 'addressHook'>) {}

  readerOf(call: IncomingCall): AddressOf {
    const { addressHook } = this.options;
    if (addressHook === undefined) return () => call.address();
    return ({ execution, policy }) =>
      // Its own context, in which `address` is the transport's.
      this.#found(addressHook, new RateLimitContext(execution, call, policy)) ?? call.address();
  }

  #found(hook: NonNullable<ResolvedModuleOptions['addressHook']>, context: RateLimitContext): string | undefined {
    try {
      const address: unknown = hook(context);
      return typeof address === 'string' ? this.options.addresses.key(address.trim()) : undefined;
    } catch (error) {
      if (!this.#logged) logger.warn(`address threw, so trustedProxies counts: ${messageOf(error)} (logged once)`);
      this.#logged = true;
      return undefined;
    }
  }
}
