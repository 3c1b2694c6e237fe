import { jest } from '@jest/globals';
import type { V1Endpoint } from '@kubernetes/client-node';

import { kubernetes } from '../src/adapters/kubernetes/kubernetes.discovery.js';
import type { KubernetesOptions } from '../src/adapters/kubernetes/kubernetes.discovery.js';
import type { Discovery } from '../src/contracts/discovery.js';
import { HerdDiscoveryError } from '../src/errors/discovery-error.js';
import { HerdOptionError } from '../src/errors/option-error.js';
import { discoveryContract } from '../src/testing/discovery-contract.js';
import { startKubernetesApi } from './kubernetes-api.js';
import { until } from './poll.js';
import { freePort } from './program.js';

/** A busy machine takes long over TLS: what must not be late here is only what `timeout` is given for. */
jest.setTimeout(60_000);
const answerMs = 30_000;

const never = new AbortController().signal;
const pod = (index: number, ready = true): V1Endpoint => ({
  addresses: [`10.0.0.${index}`],
  targetRef: { kind: 'Pod', name: `cache-${index}` },
  conditions: { ready },
  zone: 'eu-1',
});
const slice = (...endpoints: V1Endpoint[]) => ({
  addressType: 'IPv4',
  ports: [{ name: 'memcache', port: 11211 }],
  endpoints,
});

describe('kubernetes', () => {
  let api: Awaited<ReturnType<typeof startKubernetesApi>>;
  let opened: Discovery[];
  beforeEach(async () => {
    opened = [];
    api = await startKubernetesApi();
    api.put('caches-a', slice(pod(1), pod(2), pod(3, false)));
  });
  afterEach(async () => {
    for (const discovery of opened) await discovery.close?.();
    await api.close();
  });
  const discovery = (options: Partial<KubernetesOptions> = {}): Discovery => {
    const made = kubernetes({
      namespace: 'default',
      service: 'caches',
      port: 'memcache',
      kubeConfig: api.kubeConfig(),
      watchRetry: 5,
      timeout: answerMs,
      ...options,
    });
    opened.push(made);
    return made;
  };
  const ids = async (from: Discovery): Promise<string[]> => (await from.nodes(never)).nodes.map(({ id }) => id);

  it('lists the ready endpoints of all slices of the service', async () => {
    api.put('caches-b', slice(pod(4)));
    expect(await discovery().nodes(never)).toEqual({
      nodes: [1, 2, 4].map((i) => ({ id: `cache-${i}`, host: `10.0.0.${i}`, port: 11211 })),
    });
  });

  it.each<[string, Partial<KubernetesOptions>, string]>([
    ['a service without slices', { service: 'other' }, 'Kubernetes Service default/other has no EndpointSlices'],
    [
      'a port that is not there',
      { port: 'redis' },
      'Kubernetes Service default/caches has no ready endpoint with the port redis',
    ],
    ['another namespace', { namespace: 'none' }, 'Kubernetes discovery of none/caches at https://127.0.0.1'],
  ])('says so for %s', async (_, options, message) => {
    await expect(discovery(options).nodes(never)).rejects.toBeInstanceOf(HerdDiscoveryError);
    await expect(discovery(options).nodes(never)).rejects.toThrow(message);
  });

  it('names the right that is missing', async () => {
    api.mode = 'forbidden';
    await expect(discovery().nodes(never)).rejects.toThrow(
      /default\/caches at https:.* failed with HTTP 403: give its service account a Role with list and watch/,
    );
    api.mode = 'well';
    await expect(discovery({ kubeConfig: api.kubeConfig({ token: 'wrong' }) }).nodes(never)).rejects.toThrow(
      'failed with HTTP 403',
    );
  });

  it('reports a server that is silent, sends garbage, is not trusted, or is gone', async () => {
    api.mode = 'silent';
    await expect(discovery({ timeout: 50 }).nodes(never)).rejects.toThrow('gave no answer within 50 ms');
    api.mode = 'garbage';
    await expect(discovery().nodes(never)).rejects.toBeInstanceOf(HerdDiscoveryError);
    const config = api.kubeConfig();
    config.loadFromClusterAndUser({ name: 'x', server: api.address, skipTLSVerify: false }, { name: 'x', token: 'x' });
    await expect(discovery({ kubeConfig: config }).nodes(never)).rejects.toThrow('failed: self-signed certificate');
    config.loadFromClusterAndUser(
      { name: 'x', server: `https://127.0.0.1:${await freePort()}`, skipTLSVerify: false },
      { name: 'x' },
    );
    await expect(discovery({ kubeConfig: config }).nodes(never)).rejects.toThrow(/failed: .*ECONNREFUSED/);
  });

  describe('watching', () => {
    let news: number;
    let watched: Discovery;
    beforeEach(async () => {
      watched = discovery();
      await watched.nodes(never);
      news = 0;
      watched.watch!(() => news++);
      await until('it watches', () => api.watching() === 1, answerMs);
    });
    const told = (): Promise<void> => until('news are told', () => news > 0, answerMs);
    const again = async (): Promise<void> => {
      const watches = api.watches.length;
      await until('it watches again', () => api.watches.length > watches && api.watching() === 1, answerMs);
    };

    it('begins where the list ended, and reports slices that are added, changed and removed', async () => {
      expect(api.watches).toEqual(['101']);
      for (const change of [
        () => api.put('caches-b', slice(pod(5))),
        () => api.put('caches-b', slice(pod(6))),
        () => api.remove('caches-b'),
      ]) {
        news = 0;
        change();
        await told();
      }
      expect(await ids(watched)).toEqual(['cache-1', 'cache-2']);
    });

    it('does not take a bookmark for news, and goes on from it', async () => {
      api.bookmark();
      api.endWatches('closed');
      await again();
      expect(api.watches).toEqual(['101', '111']);
      expect(news).toBe(0);
    });

    it.each(['closed', 'cut', 'garbage'] as const)('loses nothing when its connection is %s', async (how) => {
      api.endWatches(how);
      api.put('caches-b', slice(pod(5)));
      await told();
      expect(await ids(watched)).toEqual(['cache-1', 'cache-2', 'cache-5']);
      expect(api.watches[1]).toBe('101');
    });

    it('requests a new list when it is too far behind: 410 Gone', async () => {
      api.endWatches('closed');
      api.put('caches-b', slice(pod(5)));
      api.compact();
      await told();
      expect(await ids(watched)).toContain('cache-5');
      await until('it watches again', () => api.watching() === 1, answerMs);
      expect(api.watches.at(-1)).toBe('103');
    });

    it('goes on trying while the server refuses, and reports what came meanwhile', async () => {
      api.mode = 'forbidden';
      api.endWatches('cut');
      api.put('caches-b', slice(pod(5)));
      const refused = api.refusals;
      await until('it has tried in vain, more than once', () => api.refusals > refused + 1, answerMs);
      api.mode = 'well';
      await told();
    });

    it('ends its connection when it is closed', async () => {
      await watched.close!();
      await until('the connection is closed', () => api.watching() === 0, answerMs);
      const watches = api.watches.length;
      // By the time that another has begun to watch, this one would have tried ten times over.
      const other = discovery();
      await other.nodes(never);
      other.watch!(() => undefined);
      await until('the other watches', () => api.watching() === 1, answerMs);
      expect(api.watches).toHaveLength(watches + 1);
    });
  });

  describe('keeps the contract of discovery', () => {
    const harness = {
      make: () => discovery(),
      hang: () => void (api.mode = 'silent'),
      resume: () => void (api.mode = 'well'),
      change: () => api.put(`caches-${Math.random()}`, slice(pod(9))),
    };
    it.each(discoveryContract({ ...harness, answerMs, abortMs: 5000 }))('$name', ({ run }) => run());
  });

  it.each<[Partial<KubernetesOptions>, string]>([
    [{ namespace: '' }, 'namespace must be a Kubernetes name'],
    [{ service: 'Caches' }, 'service must be a Kubernetes name'],
    [{ port: 0 }, 'port must be the name of a port'],
    [{ timeoutMs: 5 } as never, 'did you mean timeout?'],
    [{ timeout: 0 }, 'timeout must be a duration above 0'],
  ])('refuses %j', (options, message) => {
    expect(() => discovery(options)).toThrow(HerdOptionError);
    expect(() => discovery(options)).toThrow(message);
  });
});
