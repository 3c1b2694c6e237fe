import { isIP } from 'node:net';

/**
 * The address that a limit counts, out of the socket's address and `X-Forwarded-For`. Each trusted proxy appended the
 * address it saw, so only the last `trustedProxies` entries can be believed: what stands before them is the client's own claim.
 *
 * @param forwardedFor the header's value; several headers joined by commas
 * @returns an IPv4 address, an IPv6 /64 as `2001:db8:1:2::/64`, or `undefined` where there is no address (a Unix socket)
 */
export function clientAddress(
  remote: string | undefined,
  forwardedFor: string | undefined,
  trustedProxies: number,
): string | undefined {
  const forwarded =
    trustedProxies === 0 || forwardedFor === undefined ? [] : forwardedFor.split(',').slice(-trustedProxies);
  for (const claimed of forwarded) {
    const address = networkOf(withoutPort(claimed.trim()));
    if (address !== undefined) return address;
  }
  return remote === undefined ? undefined : networkOf(remote);
}

/** One subscriber holds a whole /64, and may use a new address in it for each request. */
export function networkOf(address: string): string | undefined {
  const [plain = ''] = address.split('%');
  switch (isIP(plain)) {
    case 4:
      return plain;
    case 6:
      return networkOfGroups(groupsOf(plain));
    default:
      return undefined;
  }
}

function networkOfGroups(groups: readonly number[]): string {
  const [high = 0, low = 0] = groups.slice(6);
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (mapped) return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

/** The eight groups of a valid IPv6 address. */
function groupsOf(address: string): number[] {
  const [head = [], tail] = address.split('::').map(parseGroups);
  if (tail === undefined) return head;
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function parseGroups(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}

function withoutPort(entry: string): string {
  return /^\[(.+)\](?::\d+)?$/.exec(entry)?.[1] ?? /^([\d.]+):\d+$/.exec(entry)?.[1] ?? entry;
}
