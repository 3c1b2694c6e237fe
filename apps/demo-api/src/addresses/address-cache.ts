import type { Herd, Namespace } from '@rookery/herd';
import type { DemoConfig } from '../config/demo-config.js';

/** All 233 addresses as they are sent, with room to spare. */
const MEMORY_BYTES = 16 * 1024 * 1024;
const HOUR_MS = 3_600_000;
/** Longer than PostgreSQL may take, whose own error has the cause. */
const LOAD_TIMEOUT = '15s';

export const addressNamespace = ({ prefix }: Pick<DemoConfig, 'prefix'>): string => `${prefix}.addresses`;

/** Where addresses are kept as they are sent: for a moment in memory, so that a hot one costs no way to a node. */
export function addressCache(herd: Pick<Herd<object>, 'namespace'>, config: DemoConfig): Namespace {
  const { cacheMemorySeconds } = config;
  return herd.namespace(addressNamespace(config), {
    loadTimeout: LOAD_TIMEOUT,
    // Nobody clears all of it at once: no namespace-wide marker, whose node the keys of others would need.
    generationMaxAgeMs: HOUR_MS,
    ...(cacheMemorySeconds > 0 && { memory: { ttl: `${cacheMemorySeconds}s`, maxBytes: MEMORY_BYTES } }),
  });
}
