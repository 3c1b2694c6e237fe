import type { LimiterStorage } from '../contracts/limiter-storage.js';
import { isObject } from './is-object.js';

/** Whether `value` has what every storage must have. */
export function isStorage(value: unknown): value is LimiterStorage {
  const storage = value as Partial<LimiterStorage> | undefined | null;
  return (
    [storage?.apply, storage?.read, storage?.delete].every((method) => typeof method === 'function') &&
    isObject(storage?.capabilities)
  );
}

export const STORAGE_RULE = 'must be a LimiterStorage, such as memoryStorage()';
