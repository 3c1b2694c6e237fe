import type { LimiterStorage } from '../contracts/limiter-storage.js';

/** Whether `value` has what every storage must have. */
export function isStorage(value: unknown): value is LimiterStorage {
  const storage = value as Partial<LimiterStorage> | undefined | null;
  return (
    [storage?.apply, storage?.read, storage?.delete].every((method) => typeof method === 'function') &&
    typeof storage?.capabilities === 'object'
  );
}

export const STORAGE_RULE = 'must be a LimiterStorage, such as memoryStorage()';
