export { postgresStorage, type PostgresStorageOptions } from './postgres.storage.js';
export { postgresSchema, type PostgresSchemaOptions } from './postgres-schema.js';
export type { PostgresClient } from './postgres-client.js';
export { StorageFaultError, type StorageFaultKind } from '../../errors/storage-fault.js';
