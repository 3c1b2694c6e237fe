import type { V1Endpoint, V1EndpointSlice } from '@kubernetes/client-node';

import { nodesOf } from './endpoint-nodes.js';

const pod = (name: string, address: string, rest: Partial<V1Endpoint> = {}): V1Endpoint => ({
  addresses: [address],
  targetRef: { kind: 'Pod', name },
  ...rest,
});
const slice = (endpoints: V1Endpoint[], rest: Partial<V1EndpointSlice> = {}): V1EndpointSlice => ({
  addressType: 'IPv4',
  ports: [{ name: 'memcache', port: 11211 }],
  endpoints,
  ...rest,
});
const ids = (slices: V1EndpointSlice[], choice?: string | number): string[] =>
  nodesOf(slices, choice).map(({ id }) => id);

describe('nodesOf', () => {
  it('identifies an endpoint by its pod, else by its address', () => {
    expect(
      nodesOf(
        [
          slice([
            pod('cache-1', '10.0.0.2', { zone: 'eu-1' }),
            pod('cache-0', '10.0.0.1'),
            { addresses: ['10.9.9.9'] },
          ]),
        ],
        undefined,
      ),
    ).toEqual([
      { id: '10.9.9.9:11211', host: '10.9.9.9', port: 11211 },
      { id: 'cache-0', host: '10.0.0.1', port: 11211 },
      { id: 'cache-1', host: '10.0.0.2', port: 11211 },
    ]);
  });

  it('treats an endpoint without conditions as ready, and leaves out what is not ready or terminating', () => {
    const conditions = [
      undefined,
      {},
      { ready: true, serving: true, terminating: false },
      { ready: false },
      { ready: false, serving: true, terminating: true },
      { ready: true, terminating: true },
    ];
    const endpoints = conditions.map((given, i) =>
      pod(`cache-${i}`, `10.0.0.${i}`, given === undefined ? {} : { conditions: given }),
    );
    expect(ids([slice(endpoints)])).toEqual(['cache-0', 'cache-1', 'cache-2']);
  });

  it('counts a pod once, its ready endpoint before others and IPv4 before IPv6', () => {
    const slices = [
      slice([pod('cache-0', 'fd00::1')], { addressType: 'IPv6' }),
      slice([pod('cache-0', '10.0.0.9', { conditions: { ready: false } }), pod('cache-1', '10.0.0.2')]),
      slice([pod('cache-0', '10.0.0.1'), pod('cache-1', '10.0.0.2')]),
    ];
    expect(nodesOf(slices, undefined).map(({ id, host }) => `${id} ${host}`)).toEqual([
      'cache-0 10.0.0.1',
      'cache-1 10.0.0.2',
    ]);
  });

  it('chooses the port by name or number, or takes the only one', () => {
    const two = slice([pod('cache-0', '10.0.0.1')], {
      ports: [
        { name: 'metrics', port: 9150 },
        { name: 'memcache', port: 11211 },
      ],
    });
    expect(nodesOf([two], 'memcache')).toMatchObject([{ port: 11211 }]);
    expect(nodesOf([two], 9150)).toMatchObject([{ port: 9150 }]);
    expect(nodesOf([two], undefined)).toEqual([]);
    expect(nodesOf([two], 'redis')).toEqual([]);
    expect(nodesOf([slice([pod('cache-0', '10.0.0.1')], { ports: [] })], 11300)).toMatchObject([{ port: 11300 }]);
  });

  it('accepts slices without endpoints and endpoints without addresses', () => {
    expect(nodesOf([{ addressType: 'IPv4', ports: [{ port: 1 }] }, slice([{ addresses: [] }])], undefined)).toEqual([]);
  });
});
