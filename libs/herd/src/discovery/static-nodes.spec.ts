import { HerdOptionError } from '../errors/option-error.js';
import { staticNodes } from './static-nodes.js';
import type { StaticNode } from './static-nodes.js';

const found = async (list: readonly StaticNode[]) =>
  (await staticNodes(list).nodes(new AbortController().signal)).nodes;

describe('staticNodes', () => {
  it('names a node by its address, unless it has an id', async () => {
    expect(
      await found(['cache-1:11211', '[::1]:11212', { id: 'third', host: '10.0.0.3', port: 11211, weight: 2 }]),
    ).toEqual([
      { id: 'cache-1:11211', host: 'cache-1', port: 11211 },
      { id: '[::1]:11212', host: '::1', port: 11212 },
      { id: 'third', host: '10.0.0.3', port: 11211, weight: 2 },
    ]);
  });

  it.each([
    ['an empty list', [], 'discovery must list one node or more; '],
    [
      'no port',
      ['localhost'],
      `discovery[0] must be a node, { host, port }, or its address, 'host:port' or '[::1]:port' (got 'localhost')`,
    ],
    ['a port of 0', ['localhost:0'], 'discovery[0].port must be a whole number from 1 to 65535'],
    ['a port above 65535', ['localhost:65536'], 'discovery[0].port must be'],
    ['an IPv6 address without brackets', ['::1:11211'], 'discovery[0] must be a node'],
    ['a space', ['local host:11211'], 'discovery[0] must be a node'],
    ['a weight without bound', [{ host: 'a', port: 1, weight: 1e300 }], 'discovery[0].weight must be a number above 0'],
    [
      'a bad weight',
      [{ host: 'a', port: 1, weight: 0 }],
      'discovery[0].weight must be a number above 0, up to 1000000000 (got 0)',
    ],
    ['an unknown property', [{ host: 'a', port: 1, wieght: 2 }], 'did you mean discovery[0].weight?'],
    ['several nodes at once', ['a', 'b:0', 'c'], /^2 herd options are wrong/],
    ['one address twice', ['a:1', 'b:1', 'a:1'], 'discovery[2] must not have the id a:1 that discovery[0] has'],
    [
      'one address under two ids',
      ['a:1', { id: 'x', host: 'a', port: 1 }],
      'discovery[1] must not have the address a:1 that discovery[0] has',
    ],
  ])('refuses %s, and reports why', (_case, list, message) => {
    expect(() => staticNodes(list as never)).toThrow(HerdOptionError);
    expect(() => staticNodes(list as never)).toThrow(message);
  });

  it.each<[unknown, string]>([
    [{ host: 'a' }, 'discovery[0].port must be a whole number from 1 to 65535'],
    [
      { host: 'a', port: '1' },
      "discovery[0].port must be a whole number from 1 to 65535; it is the port on which the server listens (got '1')",
    ],
    [{ port: 1 }, 'discovery[0].host must be a host name or an IP address (got undefined)'],
  ])('reports of %j what is wrong, and no id that was not given', (node, message) => {
    const read = () => staticNodes([node as StaticNode]);
    expect(read).toThrow(message);
    expect(read).not.toThrow('discovery[0].id');
  });
});
