import { ApiException, DiscoveryV1Api, Observable } from '@kubernetes/client-node';
import type { KubeConfig, RequestContext, ResponseContext, V1EndpointSlice } from '@kubernetes/client-node';

import { HerdDiscoveryError } from '../../errors/discovery-error.js';
import { problemOf } from '../../support/message-of.js';

/** A Service, whose EndpointSlices carry its name as a label. */
export type ServiceName = Readonly<{ namespace: string; service: string }>;

export const selectorOf = ({ service }: ServiceName): string => `kubernetes.io/service-name=${service}`;

/** The slices at one moment, and that moment as a watch needs it. */
export type SliceList = Readonly<{ slices: readonly V1EndpointSlice[]; resourceVersion: string | undefined }>;

/** @throws {@link HerdDiscoveryError} naming the service and the API server. */
export async function listSlices(kubeConfig: KubeConfig, name: ServiceName, signal: AbortSignal): Promise<SliceList> {
  try {
    const api = kubeConfig.makeApiClient(DiscoveryV1Api);
    const request = { namespace: name.namespace, labelSelector: selectorOf(name) };
    const { items, metadata } = await api.listNamespacedEndpointSlice(request, {
      middleware: [under(signal)],
      middlewareMergeStrategy: 'append',
    });
    return { slices: items, resourceVersion: metadata?.resourceVersion };
  } catch (cause) {
    throw listProblem(kubeConfig, name, cause);
  }
}

/** Ends the request when `signal` aborts. */
const under = (signal: AbortSignal) => ({
  pre(context: RequestContext): Observable<RequestContext> {
    context.setSignal(signal);
    return new Observable(Promise.resolve(context));
  },
  post: (context: ResponseContext): Observable<ResponseContext> => new Observable(Promise.resolve(context)),
});

export function listProblem(
  kubeConfig: KubeConfig,
  { namespace, service }: ServiceName,
  cause: unknown,
  otherwise?: string,
): HerdDiscoveryError {
  const server = kubeConfig.getCurrentCluster()?.server ?? 'an unknown API server';
  const { what, remedy } = explain(cause, otherwise);
  return new HerdDiscoveryError({
    what: `Kubernetes discovery of ${namespace}/${service} at ${server} ${what}`,
    remedy,
    cause,
  });
}

function explain(cause: unknown, otherwise: string | undefined): { what: string; remedy: string } {
  if (otherwise !== undefined) return { what: otherwise, remedy: 'check the API server, or raise timeout' };
  if (cause instanceof ApiException) {
    const denied = cause.code === 401 || cause.code === 403;
    return {
      what: `failed with HTTP ${cause.code}`,
      remedy: denied
        ? 'give its service account a Role with list and watch on endpointslices of discovery.k8s.io'
        : 'see the cause',
    };
  }
  const inner = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
  return {
    what: `failed: ${problemOf(inner)}`,
    remedy: 'check that the API server can be reached, and its certificate',
  };
}
