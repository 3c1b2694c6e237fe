import type { V1Endpoint, V1EndpointSlice } from '@kubernetes/client-node';

import { addressOf } from '../../support/nodes.js';
import type { Node } from '../../contracts/node.js';

/** Which port of the endpoints: its name or number, or `undefined` for the only one. */
export type PortChoice = string | number | undefined;

/**
 * The endpoints of a service that are ready, each once, by pod: a pod keeps its keys when its address changes, as those of
 * a StatefulSet do. Where a pod is in several slices, as while it moves from one to another, or by IPv4 and IPv6, the first
 * ready one counts, IPv4 before IPv6. An endpoint that belongs to no pod has its address as its id.
 */
export function nodesOf(slices: readonly V1EndpointSlice[], choice: PortChoice): readonly Node[] {
  const nodes = new Map<string, Node>();
  for (const slice of [...slices].sort((a, b) => rank(a) - rank(b))) {
    const port = portOf(slice, choice);
    if (port === undefined) continue;
    for (const endpoint of (slice.endpoints ?? []).filter(isReady)) {
      const node = nodeOf(endpoint, port);
      if (node !== undefined && !nodes.has(node.id)) nodes.set(node.id, node);
    }
  }
  return [...nodes.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

const rank = ({ addressType }: V1EndpointSlice): number => ['IPv4', 'IPv6'].indexOf(addressType) >>> 0;

/** By the API, a condition that is not given means ready; a terminating endpoint is not. */
const isReady = ({ conditions }: V1Endpoint): boolean =>
  conditions?.ready !== false && conditions?.terminating !== true;

function portOf({ ports = [] }: V1EndpointSlice, choice: PortChoice): number | undefined {
  // A Service without selector may have slices without ports: a number is then the port of its endpoints.
  if (ports.length === 0) return typeof choice === 'number' ? choice : undefined;
  if (choice === undefined) return ports.length === 1 ? ports[0]!.port : undefined;
  return ports.find(({ name, port }) => (typeof choice === 'string' ? name === choice : port === choice))?.port;
}

function nodeOf({ addresses, targetRef }: V1Endpoint, port: number): Node | undefined {
  const host = addresses[0];
  if (host === undefined) return undefined;
  const id = targetRef?.kind === 'Pod' && targetRef.name ? targetRef.name : addressOf({ host, port });
  return { id, host, port };
}
