import { channel } from 'node:diagnostics_channel';

import { herdChannels } from '../contracts/diagnostics.js';
import type { CacheMessage } from '../contracts/diagnostics.js';
import { cacheKey } from './cache-key.js';
import type { CacheSource } from './cache-source.js';

const caches = channel(herdChannels.cache);

/** Reports the outcome of a read. `parts`: what stands before the key on its node, where that was read. */
export type Report = (
  key: string,
  event: CacheMessage['event'],
  tier?: CacheMessage['tier'],
  parts?: readonly string[],
) => void;

/** Hits come in millions: without a listener they cost nothing. */
export const reportOf =
  ({ herd, nodeFor }: Pick<CacheSource, 'herd' | 'nodeFor'>, namespace: string): Report =>
  (key, event, tier, parts) => {
    if (!caches.hasSubscribers) return;
    const node = parts && nodeFor(cacheKey(...parts, key));
    caches.publish({
      herd,
      namespace,
      key,
      event,
      ...(tier && { tier }),
      ...(node !== undefined && { node }),
    } satisfies CacheMessage);
  };
