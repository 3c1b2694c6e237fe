export { redisStorage, type RedisStorageOptions } from './redis.storage.js';
export { redisClientOptions, type RedisClient } from './redis-client.js';
export { nodeRedisClientOptions, type NodeRedisClient } from './node-redis.js';
export { StorageFaultError, type StorageFaultKind } from '../../errors/storage-fault.js';
