import { KubeConfig } from '@kubernetes/client-node';

import type { Discovery } from '../../contracts/discovery.js';
import { checked, checkShape, hasMethod, readDuration } from '../../support/option-checks.js';
import type { Duration } from '../../contracts/duration.js';
import { WatchSet } from '../../support/watch-set.js';
import { within } from '../../support/within.js';
import { HerdDiscoveryError } from '../../errors/discovery-error.js';
import { messageOf } from '../../support/message-of.js';
import { HerdOptionError } from '../../errors/option-error.js';
import { nodesOf } from './endpoint-nodes.js';
import { listProblem, listSlices } from './service-slices.js';
import { watchSlices } from './slice-watch.js';

/** Which Service, and how the API is queried. */
export interface KubernetesOptions {
  namespace: string;
  /** The Service in front of the nodes; a headless one does. */
  service: string;
  /** The name or the number of the endpoints' port. May be left out where they have but one. */
  port?: string | number;
  /** Default: the pod's service account, `$KUBECONFIG` or `~/.kube/config`, as `loadFromDefault()` finds them. */
  kubeConfig?: KubeConfig;
  /** How long one list may take. Default `1500ms`. */
  timeout?: Duration;
  /** Wait before the watch connects again; doubles up to 30 s while that fails. Default `1s`. */
  watchRetry?: Duration;
}

const maxRetryMs = 30_000;

/**
 * The ready endpoints of a Kubernetes Service, by its EndpointSlices: listed at every tick of the herd, and watched between
 * ticks. A node's id is its pod's name, so that the pods of a StatefulSet keep their keys when they are made anew.
 * Needs `@kubernetes/client-node` 2, and the right to list and watch `endpointslices` of the API group
 * `discovery.k8s.io` in the namespace.
 *
 * @example kubernetes({ namespace: 'default', service: 'caches', port: 'memcache' })
 *
 * @throws {@link HerdOptionError} for bad options. Its `nodes` throws {@link HerdDiscoveryError} naming the service.
 */
export function kubernetes(options: KubernetesOptions): Discovery {
  const { namespace, service, port, kubeConfig, timeoutMs, retryMs } = resolve(options);
  const name = { namespace, service };
  const watches = new WatchSet();
  let listedAt: string | undefined;

  return {
    name: 'kubernetes',
    async nodes(signal) {
      const late = (): Error => listProblem(kubeConfig, name, undefined, `gave no answer within ${timeoutMs} ms`);
      const { slices, resourceVersion } = await within(timeoutMs, signal, late, (own) =>
        listSlices(kubeConfig, name, own),
      );
      listedAt = resourceVersion;
      const nodes = nodesOf(slices, port);
      if (nodes.length > 0) return { nodes };
      const what =
        slices.length === 0
          ? 'has no EndpointSlices'
          : `has no ready endpoint with ${port === undefined ? 'just one port' : `the port ${port}`}`;
      throw new HerdDiscoveryError({
        what: `Kubernetes Service ${namespace}/${service} ${what}`,
        remedy: 'check the namespace, the service, its selector and the port, and that its pods are ready',
      });
    },
    watch: (changed) =>
      watches.add(watchSlices({ kubeConfig, name, since: () => listedAt, retryMs, maxRetryMs }, changed)),
    close: watches.close,
  };
}

const names = ['namespace', 'service', 'port', 'kubeConfig', 'timeout', 'watchRetry'] as const;

type Resolved = Required<Pick<KubernetesOptions, 'namespace' | 'service' | 'kubeConfig'>> &
  Pick<KubernetesOptions, 'port'> &
  Readonly<{ timeoutMs: number; retryMs: number }>;

const resolve = (options: KubernetesOptions): Resolved =>
  checked((problems) => {
    const given = checkShape(problems, options, names);
    const { namespace, service, port, timeout = '1500ms', watchRetry = '1s' } = given;
    for (const [option, value] of Object.entries({ namespace, service })) {
      const isName = typeof value === 'string' && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(value);
      problems.check(isName, option, value, `must be a Kubernetes name, of lower case letters, digits and '-'`);
    }
    const isPort = typeof port === 'string' ? port !== '' : Number.isInteger(port) && port! >= 1 && port! <= 65535;
    const remedy = 'must be the name of a port, or a number from 1 to 65535; see "kubectl describe endpointslices"';
    problems.check(port === undefined || isPort, 'port', port, remedy);
    const [timeoutMs, retryMs] = [
      readDuration(problems, 'timeout', timeout),
      readDuration(problems, 'watchRetry', watchRetry),
    ];
    const { kubeConfig = problems.attempt(defaultConfig)! } = given;
    const isConfig = kubeConfig === undefined || hasMethod(kubeConfig, 'makeApiClient');
    problems.check(isConfig, 'kubeConfig', kubeConfig, 'must be a KubeConfig of @kubernetes/client-node');
    return { namespace, service, port, kubeConfig, timeoutMs, retryMs };
  });

function defaultConfig(): KubeConfig {
  try {
    const config = new KubeConfig();
    config.loadFromDefault();
    return config;
  } catch (error) {
    const requirement = `could not be loaded by default: ${messageOf(error)}; correct the file of $KUBECONFIG, or pass a KubeConfig`;
    throw new HerdOptionError([{ option: 'kubeConfig', received: undefined, requirement }]);
  }
}
