export { dns } from './dns.discovery.js';
export type { DnsOptions } from './dns.discovery.js';

// The contracts that these mention
export type { Discovered, Discovery } from '../../contracts/discovery.js';
export type { Duration } from '../../contracts/duration.js';
export type { Node } from '../../contracts/node.js';
