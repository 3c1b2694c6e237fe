import { BlockList, isIP, isIPv4 } from 'node:net';
import { TwoGenerationMap } from '../../support/two-generation-map.js';
import { addressKey } from './address-key.js';

/** Whether an address is that of a trusted proxy. */
export type TrustedNetworks = (address: string) => boolean;

const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

export const NETWORK_RULE = `must be an address such as '10.0.0.1', a network such as '10.0.0.0/8', or one of ${Object.keys(
  NAMED,
)
  .map((name) => `'${name}'`)
  .join(', ')}`;

/** Proxies are few, and each is looked up for every request. */
const REMEMBERED = 1000;

/** Whether `entry` is an address, a network in CIDR notation or the name of a set of networks. */
export function isNetwork(entry: unknown): entry is string {
  if (typeof entry !== 'string') return false;
  if (Object.hasOwn(NAMED, entry)) return true;
  const [address = '', prefix, ...rest] = entry.split('/');
  if (isIP(address) === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (isIPv4(address) ? 32 : 128);
}

/** @param entries each of which {@link isNetwork} */
export function trustedNetworks(entries: readonly string[]): TrustedNetworks {
  const networks = new BlockList();
  for (const network of entries.flatMap((entry) => (Object.hasOwn(NAMED, entry) ? NAMED[entry]! : [entry]))) {
    const [address = '', prefix] = network.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (prefix === undefined) networks.addAddress(address, family);
    else networks.addSubnet(address, Number(prefix), family);
  }
  const known = new TwoGenerationMap<string, boolean>(REMEMBERED);
  return (address) => {
    let trusted = known.get(address);
    if (trusted === undefined) known.set(address, (trusted = isIn(networks, address)));
    return trusted;
  };
}

function isIn(networks: BlockList, address: string): boolean {
  // Folds IPv4-mapped addresses, and drops a zone.
  const plain = addressKey(address, 128)?.split('/')[0];
  return plain !== undefined && networks.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
}
