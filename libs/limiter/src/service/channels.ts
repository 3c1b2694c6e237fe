import { channel } from 'node:diagnostics_channel';

/** What is published on `rookery.limiter.storage-error`: once per failed or late answer. */
export interface StorageErrorMessage {
  readonly storage: string;
  readonly policy: string;
  readonly onStorageError: 'open' | 'closed' | 'local';
  readonly error: unknown;
}

export const storageErrorChannel = channel('rookery.limiter.storage-error');
