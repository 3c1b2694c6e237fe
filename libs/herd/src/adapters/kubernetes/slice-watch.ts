import { Watch } from '@kubernetes/client-node';
import type { KubeConfig } from '@kubernetes/client-node';

import { selectorOf } from './service-slices.js';
import type { ServiceName } from './service-slices.js';

export interface SliceWatchOptions {
  kubeConfig: KubeConfig;
  name: ServiceName;
  /** The moment of the latest list: what came after it is news. */
  since: () => string | undefined;
  /** Between the end of one connection and the next; doubles up to `maxRetryMs` while there is nothing but trouble. */
  retryMs: number;
  maxRetryMs: number;
}

type StatusObject = Readonly<{ code?: number; metadata?: Readonly<{ resourceVersion?: string }> }>;

/**
 * Watches a service's EndpointSlices, and calls `changed` for each change and whenever some may have been missed. It goes
 * on from the last event after a connection has ended, and from a new list when that is too old for the server (410 Gone).
 * A hint only: the herd lists anew at each tick, so that a watch which dies in silence delays news, and loses none.
 *
 * @returns a function that ends the watch.
 */
export function watchSlices(options: SliceWatchOptions, changed: () => void): () => void {
  const { kubeConfig, name, since, retryMs, maxRetryMs } = options;
  const path = `/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(name.namespace)}/endpointslices`;
  const watch = new Watch(kubeConfig);
  let ended = false;
  let connection: AbortController | undefined;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  let seen: string | undefined = since();

  const onEvent = (type: string, object: StatusObject): void => {
    if (ended) return;
    if (type === 'ERROR') return lost(object.code);
    failures = 0;
    seen = object.metadata?.resourceVersion ?? seen;
    if (type !== 'BOOKMARK') changed();
  };

  const onEnd = (error: unknown): void => {
    connection = undefined;
    if (ended) return;
    // Nothing came for a while, which is usual: the client then ends the connection.
    if ((error as Error | null)?.name === 'TimeoutError') failures = 0;
    else if (error) lost((error as { statusCode?: number }).statusCode);
    const wait = Math.min(maxRetryMs, retryMs * 2 ** failures);
    timer = setTimeout(connect, wait).unref();
  };

  function lost(code: number | undefined): void {
    failures++;
    if (code !== 410) return;
    seen = undefined;
    changed();
  }

  function connect(): void {
    const resourceVersion = seen ?? since();
    const query = { labelSelector: selectorOf(name), allowWatchBookmarks: true, timeoutSeconds: 300, resourceVersion };
    watch.watch(path, query, onEvent, onEnd).then((controller) => {
      connection = controller;
      if (ended) controller.abort();
    }, onEnd);
  }

  connect();
  return () => {
    ended = true;
    clearTimeout(timer);
    connection?.abort();
  };
}
