import type { ExecutionContext } from '@nestjs/common';

/** What `bucket`, `cost`, `skip`, `decorate` and `onLimited` are given. */
export class RateLimitContext {
  /** Express's or Fastify's request, also under GraphQL; the client of a gateway; the message of a microservice. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- its type is the application's
  readonly request: any;

  constructor(
    readonly execution: ExecutionContext,
    private readonly call: { readonly request: unknown; address(context: RateLimitContext): string | undefined },
    /** The policy being decided. */
    readonly policy: string,
  ) {
    this.request = call.request;
  }

  /** `request.user`, where an authentication guard that ran before has set it. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- its type is the application's
  get user(): any {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return -- as above
    return this.request?.user;
  }

  /** IPv4 address or IPv6 network behind the trusted proxies, or what `address` found; `undefined` where the transport has none. */
  get address(): string | undefined {
    return this.call.address(this);
  }

  get controller(): string {
    return this.execution.getClass().name;
  }

  get handler(): string {
    return this.execution.getHandler().name;
  }
}
