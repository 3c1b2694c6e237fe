import type { Node } from '../src/contracts/node.js';
import type { Router, RouteTable } from '../src/contracts/router.js';
import { ketama } from '../src/router/ketama.js';
import { maglev } from '../src/router/maglev.js';
import { modulo } from '../src/router/modulo.js';
import { rendezvous } from '../src/router/rendezvous.js';
import { ContractViolation } from '../src/testing/contract-check.js';
import { routerContract } from '../src/testing/router-contract.js';
import type { RouterHarness } from '../src/testing/router-contract.js';

const routers: [() => Router, Omit<RouterHarness, 'make'>][] = [
  [rendezvous, { maxSkew: 1.15, maxMoved: 0.1 }],
  [ketama, {}],
  [() => ketama({ pointName: 'libmemcached' }), { placedBy: 'address' }],
  [maglev, { maxSkew: 1.15, maxMoved: 0.11, maxDisturbed: 0.02 }],
  [modulo, { maxMoved: 1, maxDisturbed: 1 }],
];

describe.each(routers)('router contract %#', (make, options) => {
  it.each(routerContract({ make, ...options }))(`${make().name} $name`, ({ run }) => run());
});

/** Rendezvous with one thing broken. */
const broken = (
  change: (table: RouteTable, nodes: readonly Node[]) => Partial<RouteTable>,
  from: (nodes: readonly Node[]) => readonly Node[] = (nodes) => nodes,
): (() => Router) => {
  const sound = rendezvous();
  return () => ({
    name: 'broken',
    build: (nodes) => ((table) => ({ ...table, ...change(table, nodes) }))(sound.build(from(nodes))),
  });
};

const positions = (nodes: readonly Node[]): readonly Node[] => nodes.map((node, i) => ({ ...node, id: `${i}` }));
const original = (nodes: readonly Node[], placed: readonly Node[], node: Node | undefined): Node | undefined =>
  nodes[placed.findIndex(({ id }) => id === node?.id)];
const renamed =
  (place: (nodes: readonly Node[]) => readonly Node[]): (() => Router) =>
  () => ({
    name: 'broken',
    build(nodes) {
      const placed = place(nodes);
      const table = rendezvous().build(placed);
      const back = (node: Node | undefined): Node => original(nodes, placed, node)!;
      return {
        nodes: [...nodes],
        nodeFor: (key) => back(table.nodeFor(key)),
        nodesFor: (key, count) => table.nodesFor(key, count).map(back),
      };
    },
  });

describe('the router contract catches a router that', () => {
  it.each<[string, () => Router, string]>([
    ['depends on the order of the nodes', renamed(positions), 'gives one table for every order of the nodes'],
    [
      'places nodes by address',
      renamed((nodes) => nodes.map((node) => ({ ...node, id: node.host }))),
      'places a node by its id, and answers with its present address',
    ],
    [
      'repeats nodes in nodesFor',
      broken((table) => ({ nodesFor: (key, count) => table.nodes.slice(0, count).map(() => table.nodeFor(key)!) })),
      'names different nodes in nodesFor, the owner first',
    ],
    [
      'names the owner last',
      broken((table) => ({ nodesFor: (key, count) => [...table.nodesFor(key, count)].reverse() })),
      'names different nodes in nodesFor, the owner first',
    ],
    [
      'ignores weight',
      broken(
        () => ({}),
        (nodes) => nodes.map((node) => ({ ...node, weight: 1 })),
      ),
      'gives a node of weight 3 three times the keys',
    ],
    ['moves nearly all keys', modulo, 'moves few keys when a node joins'],
    ['moves keys of the nodes that stay', modulo, 'leaves the keys of the others alone when a node leaves'],
    [
      'has a hot node',
      broken((table) => ({
        nodeFor: (key) =>
          key.endsWith('1:profile') ? [...table.nodes].sort((a, b) => (a.id < b.id ? -1 : 1))[0] : table.nodeFor(key),
      })),
      'spreads the keys over equal nodes',
    ],
    [
      'keeps the list of the caller',
      broken((_, nodes) => ({ nodes, nodeFor: (key) => nodes[key.length % nodes.length] })),
      'lists its nodes, and keeps them when the caller changes the list',
    ],
    [
      'remembers its first nodes',
      () => {
        let first: RouteTable | undefined;
        return {
          name: 'broken',
          build: (nodes) => (first?.nodes.length === 7 ? first : (first = rendezvous().build(nodes))),
        };
      },
      'keeps nothing of earlier tables',
    ],
    [
      'throws where there are no nodes',
      broken((_, nodes) => ({ nodeFor: () => nodes[0]!.id as never })),
      'has no owner where there are no nodes',
    ],
    [
      'refuses an empty key',
      broken((table) => ({ nodeFor: (key) => (key === '' ? undefined : table.nodeFor(key)) })),
      'gives a lone node every key, whatever its bytes',
    ],
  ])('%s', async (_, make, name) => {
    const check = routerContract({ make }).find((candidate) => candidate.name === name)!;
    const failure: unknown = await check.run().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(name.startsWith('has no owner') ? TypeError : ContractViolation);
  });

  it('and passes the same router unbroken', async () => {
    for (const check of routerContract({ make: rendezvous })) await expect(check.run()).resolves.toBeUndefined();
  });
});
