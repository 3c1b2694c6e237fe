/** The diagnostics channel (`node:diagnostics_channel`) of failed and late answers of the storage. */
export const STORAGE_ERROR_CHANNEL = 'rookery.limiter.storage-error';

/** Published on {@link STORAGE_ERROR_CHANNEL}, once per failed or late answer. */
export interface StorageErrorMessage {
  readonly storage: string;
  readonly policy: string;
  readonly onStorageError: 'open' | 'closed' | 'local';
  readonly error: unknown;
}
