import { channel } from 'node:diagnostics_channel';

import { herdChannels } from '../contracts/diagnostics.js';
import type { CacheMessage } from '../contracts/diagnostics.js';

const caches = channel(herdChannels.cache);

/** Reports what a cache made of a question. */
export type Report = (key: string, event: CacheMessage['event'], tier?: CacheMessage['tier']) => void;

/** Hits come in millions: without a listener they cost nothing. */
export const reportOf =
  (herd: string, namespace: string): Report =>
  (key, event, tier) => {
    if (caches.hasSubscribers)
      caches.publish({ herd, namespace, key, event, ...(tier && { tier }) } satisfies CacheMessage);
  };
