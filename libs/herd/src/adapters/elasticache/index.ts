export { elastiCache } from './elasticache.discovery.js';
export type { ElastiCacheOptions } from './elasticache.discovery.js';
