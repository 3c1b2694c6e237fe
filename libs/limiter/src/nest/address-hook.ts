import { Logger } from '@nestjs/common';
import { messageOf } from '../errors/message-of.js';
import type { IncomingCall } from './context/context-reader.js';
import type { ResolvedModuleOptions } from './module-options.js';
import { RateLimitContext } from './rate-limit-context.js';

const logger = new Logger('RateLimit');

/** What a {@link RateLimitContext} is made of. */
export interface CallSource {
  readonly request: unknown;
  address(context: RateLimitContext): string | undefined;
}

/** The client's address of a call: what the application's `address` finds, else the address by the transport and the proxies. */
export class AddressHook {
  #logged = false;

  constructor(private readonly options: Pick<ResolvedModuleOptions, 'addresses' | 'addressHook'>) {}

  sourceOf(call: IncomingCall): CallSource {
    const { addressHook } = this.options;
    if (addressHook === undefined) return call;
    const { request } = call;
    return {
      request,
      address: ({ execution, policy }) =>
        // Its own context, in which `address` is the transport's.
        this.#found(addressHook, new RateLimitContext(execution, call, policy)) ?? call.address(),
    };
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
