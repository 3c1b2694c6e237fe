import { addressKey } from './address-key.js';
import { forwardedAddress, type TrustedProxies } from './forwarded-address.js';
import type { HttpRequest } from './http-exchange.js';

export interface ClientAddressOptions {
  /** `undefined`: what Express or Fastify is set to trust. */
  readonly trustedProxies: TrustedProxies | undefined;
  readonly ipv6Prefix: number;
}

/** Reads who calls, as a limit counts it: see {@link addressKey}. */
export class ClientAddresses {
  constructor(private readonly options: ClientAddressOptions) {}

  /** @returns `undefined` where there is no address (a Unix socket) */
  of(request: HttpRequest | undefined): string | undefined {
    const remote = request?.socket?.remoteAddress;
    const client = request === undefined ? undefined : this.#clientOf(request, remote);
    return (client && this.key(client)) ?? (remote && this.key(remote));
  }

  key(address: string): string | undefined {
    return addressKey(address, this.options.ipv6Prefix);
  }

  #clientOf(request: HttpRequest, remote: string | undefined): string | undefined {
    const { trustedProxies } = this.options;
    if (trustedProxies === undefined) return trustsProxies(request) ? request.ip : remote;
    const header = request.headers?.['x-forwarded-for'];
    return forwardedAddress(remote, [header ?? []].flat().join(',') || undefined, trustedProxies);
  }
}

/** Whether `trust proxy` of Express or `trustProxy` of Fastify is set: then `request.ip` is more than the socket's address. */
function trustsProxies({ app, ips }: HttpRequest): boolean {
  if (app === undefined) return ips !== undefined;
  const setting = app.get?.('trust proxy');
  return setting !== undefined && setting !== false && setting !== 0;
}
