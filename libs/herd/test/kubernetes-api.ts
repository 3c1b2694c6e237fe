import { once } from 'node:events';
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { KubeConfig } from '@kubernetes/client-node';
import type { V1EndpointSlice } from '@kubernetes/client-node';

import { testCertificate } from './test-certificate.js';

type Event = Readonly<{ type: string; version: number; object: object }>;

const path = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
const token = 'secret-of-the-service-account';

/**
 * The part of the Kubernetes API that lists and watches EndpointSlices of the Service `caches`, over HTTPS with a bearer
 * token: resource versions, events since a version, 410 Gone for one too old, bookmarks, and connections that the server ends.
 */
export async function startKubernetesApi() {
  const slices = new Map<string, V1EndpointSlice>();
  const watchers = new Set<ServerResponse>();
  const events: Event[] = [];
  let version = 100;
  let oldest = 100;
  const api = {
    mode: 'well' as 'well' | 'silent' | 'forbidden' | 'garbage',
    lists: 0,
    refusals: 0,
    watches: [] as (string | null)[],
  };

  const stamped = (slice: V1EndpointSlice) => ({
    ...slice,
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...slice.metadata, labels: { 'kubernetes.io/service-name': 'caches' }, resourceVersion: `${version}` },
  });
  const line = ({ type, object }: Pick<Event, 'type' | 'object'>): string => `${JSON.stringify({ type, object })}\n`;
  const gone = (code: number) => ({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code,
    reason: code === 410 ? 'Expired' : 'Forbidden',
    message: `code ${code}`,
  });
  const json = (response: ServerResponse, status: number, body: object): void =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const tell = (type: string, object: object): void => {
    events.push({ type, version, object });
    for (const watcher of watchers) watcher.write(line({ type, object }));
  };

  function watch(since: string | null, response: ServerResponse): void {
    api.watches.push(since);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    if (since !== null && Number(since) < oldest) return void response.end(line({ type: 'ERROR', object: gone(410) }));
    const missed =
      since === null
        ? [...slices.values()].map((object) => ({ type: 'ADDED', object }))
        : events.filter((event) => event.version > Number(since));
    for (const event of missed) response.write(line(event));
    watchers.add(response);
    response.on('close', () => watchers.delete(response));
  }

  const server = createServer(testCertificate, (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url!, 'https://api');
    if (api.mode === 'silent') return;
    if (api.mode === 'garbage')
      return void response.writeHead(200, { 'content-type': 'application/json' }).end('{"items": [{');
    if (api.mode === 'forbidden' || request.headers.authorization !== `Bearer ${token}`) {
      api.refusals++;
      return json(response, 403, gone(403));
    }
    if (url.pathname !== path) return json(response, 404, gone(404));
    const matches = url.searchParams.get('labelSelector') === 'kubernetes.io/service-name=caches';
    if (url.searchParams.get('watch') === 'true') return watch(url.searchParams.get('resourceVersion'), response);
    api.lists++;
    json(response, 200, {
      kind: 'EndpointSliceList',
      apiVersion: 'discovery.k8s.io/v1',
      metadata: { resourceVersion: `${version}` },
      items: matches ? [...slices.values()] : [],
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return Object.assign(api, {
    address,
    watching: () => watchers.size,
    /** Adds a slice, or puts another in its place, and notifies the watchers. */
    put(name: string, slice: Omit<V1EndpointSlice, 'metadata'>): void {
      const type = slices.has(name) ? 'MODIFIED' : 'ADDED';
      version++;
      slices.set(name, stamped({ ...slice, metadata: { name } }));
      tell(type, slices.get(name)!);
    },
    remove(name: string): void {
      version++;
      const slice = stamped(slices.get(name)!);
      slices.delete(name);
      tell('DELETED', slice);
    },
    bookmark(): void {
      version += 10;
      for (const watcher of watchers)
        watcher.write(
          line({ type: 'BOOKMARK', object: { kind: 'EndpointSlice', metadata: { resourceVersion: `${version}` } } }),
        );
    },
    /** Forgets all events until now: a watch from before gets 410 Gone. */
    compact(): void {
      version++;
      oldest = version;
      events.length = 0;
    },
    /** Ends the watches: in order, in the middle, or with a line of nonsense. */
    endWatches(how: 'closed' | 'cut' | 'garbage'): void {
      for (const watcher of watchers) {
        watchers.delete(watcher);
        if (how === 'cut') watcher.destroy();
        else watcher.end(how === 'garbage' ? '{"type": "ADD' : undefined);
      }
    },
    kubeConfig(given: { token?: string; ca?: string } = {}): KubeConfig {
      const config = new KubeConfig();
      const caData = Buffer.from(given.ca ?? testCertificate.cert).toString('base64');
      config.loadFromClusterAndUser(
        { name: 'test', server: address, caData, skipTLSVerify: false },
        { name: 'test', token: given.token ?? token },
      );
      return config;
    },
    async close(): Promise<void> {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  });
}
