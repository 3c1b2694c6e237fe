export { startMemcachedNode } from './memcached/memcached-node.js';
export type { MemcachedNode, MemcachedNodeOptions } from './memcached/memcached-node.js';
