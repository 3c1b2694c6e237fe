import { channel } from 'node:diagnostics_channel';

import { herdChannels } from '../contracts/diagnostics.js';
import type { CacheMessage } from '../contracts/diagnostics.js';

const caches = channel(herdChannels.cache);

/** Hits come in millions: without a listener they cost nothing. */
export const publishCache = (
  herd: string,
  namespace: string,
  key: string,
  event: CacheMessage['event'],
  tier?: CacheMessage['tier'],
): void => {
  if (caches.hasSubscribers)
    caches.publish({ herd, namespace, key, event, ...(tier && { tier }) } satisfies CacheMessage);
};
