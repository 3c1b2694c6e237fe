export { elastiCache } from './elasticache.discovery.js';
export type { ElastiCacheOptions } from './elasticache.discovery.js';

// The contracts that these mention
export type { Pem, Tls, TlsOptions } from '../../contracts/connection.js';
export type { Discovered, Discovery } from '../../contracts/discovery.js';
export type { Duration } from '../../contracts/duration.js';
export type { Node } from '../../contracts/node.js';
