import { isIP } from 'node:net';
import type { TrustedNetworks } from './trusted-networks.js';

/** How many proxies are trusted, or which. */
export type TrustedProxies = number | TrustedNetworks;

/**
 * The client's address out of the socket's address and `X-Forwarded-For`. Each proxy appended the address that it saw, so the
 * header is read from its end, and only as far as the proxies are trusted: what stands before is the client's own claim.
 *
 * @param forwardedFor the header's value; several headers joined by commas
 * @returns `undefined` where there is no address (a Unix socket)
 */
export function forwardedAddress(
  remote: string | undefined,
  forwardedFor: string | undefined,
  trusted: TrustedProxies,
): string | undefined {
  if (forwardedFor === undefined) return remote;
  const claims = forwardedFor.split(',').map((claim) => withoutPort(claim.trim()));
  return typeof trusted === 'number' ? byCount(remote, claims, trusted) : byNetwork(remote, claims, trusted);
}

/** The first that is readable of the last `count` entries. */
function byCount(remote: string | undefined, claims: readonly string[], count: number): string | undefined {
  return (count === 0 ? [] : claims.slice(-count)).find(isAddress) ?? remote;
}

/** The first from the end that is no proxy. Where all are, the furthest; before what is unreadable, the proxy that passed it on. */
function byNetwork(
  remote: string | undefined,
  claims: readonly string[],
  isTrusted: TrustedNetworks,
): string | undefined {
  // A Unix socket is this machine's own proxy.
  if (remote !== undefined && !isTrusted(remote)) return remote;
  let nearest = remote;
  for (const claim of claims.toReversed()) {
    if (!isAddress(claim)) return nearest;
    if (!isTrusted(claim)) return claim;
    nearest = claim;
  }
  return nearest;
}

function isAddress(entry: string): boolean {
  return isIP(entry.split('%')[0]!) !== 0;
}

function withoutPort(entry: string): string {
  return /^\[(.+)\](?::\d+)?$/.exec(entry)?.[1] ?? /^([\d.]+):\d+$/.exec(entry)?.[1] ?? entry;
}
