import { isIP } from 'node:net';

export const DEFAULT_IPV6_PREFIX = 64;
const IPV6_BITS = 128;
const GROUP_BITS = 16;

/**
 * What a limit counts of an address: IPv4 as it is, IPv6 by its network, as one subscriber holds a whole /64, and may use a new
 * address in it for each request. IPv4-mapped addresses (`::ffff:192.0.2.1`) are IPv4; a zone (`%eth0`) is dropped.
 *
 * @param ipv6Prefix bits of an IPv6 network, from 1 to 128
 * @returns `undefined` where `address` is no IP address
 * @example addressKey('2001:db8:1:2:3::4') // '2001:db8:1:2::/64'
 */
export function addressKey(address: string, ipv6Prefix = DEFAULT_IPV6_PREFIX): string | undefined {
  const zone = address.indexOf('%');
  const plain = zone === -1 ? address : address.slice(0, zone);
  switch (isIP(plain)) {
    case 4:
      return plain;
    case 6:
      return networkOf(groupsOf(plain), ipv6Prefix);
    default:
      return undefined;
  }
}

function networkOf(groups: readonly number[], prefix: number): string {
  const [high = 0, low = 0] = groups.slice(6);
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (mapped) return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
  const kept = groups.slice(0, Math.ceil(prefix / GROUP_BITS));
  const cut = kept.length * GROUP_BITS - prefix;
  kept[kept.length - 1]! &= 0xffff << cut;
  const text = kept.map((group) => group.toString(16)).join(':');
  return `${text}${kept.length * GROUP_BITS < IPV6_BITS ? '::' : ''}/${prefix}`;
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
