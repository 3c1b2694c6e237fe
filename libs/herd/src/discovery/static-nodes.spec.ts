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
    ['an empty list', [], 'Herd option "discovery" needs at least one node (got [])'],
    ['no port', ['localhost'], `has a malformed node (got 'localhost'): write 'host:port'`],
    ['a port of 0', ['localhost:0'], 'bad port'],
    ['a port above 65535', ['localhost:65536'], 'bad port'],
    ['an IPv6 address without brackets', ['::1:11211'], 'malformed node'],
    ['a space', ['local host:11211'], 'malformed node'],
    ['a bad weight', [{ host: 'a', port: 1, weight: 0 }], 'bad weight'],
    ['one address twice', ['a:1', 'b:1', 'a:1'], 'two nodes with the id a:1'],
    ['one address under two ids', ['a:1', { id: 'x', host: 'a', port: 1 }], 'two nodes with the address a:1'],
  ])('refuses %s, and says why', (_case, list, message) => {
    expect(() => staticNodes(list)).toThrow(HerdOptionError);
    expect(() => staticNodes(list)).toThrow(message);
  });
});
