export { dns } from './dns.discovery.js';
export type { DnsOptions } from './dns.discovery.js';
