import type { Node } from '../contracts/node.js';
import type { Router, RouteTable } from '../contracts/router.js';
import { expectContract } from './contract-check.js';
import type { ContractCheck } from './contract-check.js';
import { aNumber, checkHarness, checkMade } from './harness-checks.js';
import { contractKeys as keys, contractNodes, ownersOf, sharesOf, shuffled } from './router-samples.js';

/** A router under test, and what it may cost. `make` gives a new one at each call. */
export interface RouterHarness {
  make(): Router;
  /** What places a node, so that an address may change without moving keys. Default `id`; `address` leaves that check out. */
  placedBy?: 'id' | 'address';
  /** The most loaded of ten equal nodes, relative to the mean. Default 1.35. */
  maxSkew?: number;
  /** Share of the keys that may move when an eleventh node joins ten; the ideal is 0.091. Default 0.14. */
  maxMoved?: number;
  /** Share of the other nodes' keys that may move when a node leaves ten. Default 0: none. */
  maxDisturbed?: number;
}

/**
 * What every {@link Router} promises, as checks for any test runner.
 *
 * @throws HerdOptionError for a harness that is none; a check rejects with it for a `make()` that is none.
 * @example for (const check of routerContract({ make: () => myRouter() })) it(check.name, check.run);
 */
export function routerContract(harness: RouterHarness): readonly ContractCheck[] {
  checkHarness(
    harness,
    { make: 'a router' },
    {
      placedBy: (problems, option, value) =>
        problems.check(value === 'id' || value === 'address', option, value, "must be 'id' or 'address'"),
      maxSkew: aNumber(1, Infinity),
      maxMoved: aNumber(0, 1),
      maxDisturbed: aNumber(0, 1),
    },
  );
  const { placedBy = 'id', maxSkew = 1.35, maxMoved = 0.14, maxDisturbed = 0 } = harness;
  const nodes = contractNodes(10);
  const make = (): Router => checkMade(harness.make(), 'router', 'build');
  const build = (list: readonly Node[]): RouteTable => make().build(list);
  const check = (name: string, run: () => void): ContractCheck => ({
    name,
    run: () => new Promise<void>((resolve) => resolve(run())),
  });

  return [
    check('has no owner where there are no nodes', () => {
      const table = build([]);
      expectContract(table.nodeFor('key') === undefined, 'nodeFor of an empty table must be undefined');
      expectContract(table.nodesFor('key', 2).length === 0, 'nodesFor of an empty table must be empty');
    }),
    check('gives a lone node every key, whatever its bytes', () => {
      const lone = nodes[0]!;
      const table = build([lone]);
      for (const key of ['', 'a', 'é', '漢字', '\u0000', 'x'.repeat(250)])
        expectContract(table.nodeFor(key)?.id === lone.id, `no owner for the key ${JSON.stringify(key)}`);
    }),
    check('lists its nodes, and keeps them when the caller changes the list', () => {
      const list = [...nodes];
      const table = build(list);
      const before = ownersOf(table);
      list.pop();
      list.reverse();
      expectContract(
        table.nodes.length === nodes.length && nodes.every((node) => table.nodes.includes(node)),
        'nodes must hold what the table was built from',
      );
      expectContract(same(before, ownersOf(table)), 'a table must not change after it is built');
    }),
    check('gives one table for every order of the nodes', () => {
      const expected = ownersOf(build(nodes));
      for (let seed = 1; seed <= 3; seed++)
        expectContract(
          same(expected, ownersOf(build(shuffled(nodes, seed)))),
          'another order of the nodes gave other owners',
        );
    }),
    check('keeps nothing of earlier tables', () => {
      const router = make();
      const first = ownersOf(router.build(nodes));
      router.build(contractNodes(7));
      expectContract(
        same(first, ownersOf(router.build(nodes))),
        'the same nodes gave other owners after a build with others',
      );
    }),
    ...(placedBy === 'address'
      ? []
      : [
          check('places a node by its id, and answers with its present address', () => {
            const moved = nodes.map((node) => ({ ...node, host: `moved-${node.host}`, port: node.port + 1 }));
            const table = build(moved);
            expectContract(same(ownersOf(build(nodes)), ownersOf(table)), 'keys moved though only addresses changed');
            expectContract(
              moved.includes(table.nodeFor('key') as (typeof moved)[number]),
              'the owner must be a node of the list that was built',
            );
          }),
        ]),
    check('spreads the keys over equal nodes', () => {
      const shares = sharesOf(build(nodes));
      const most = Math.max(...shares.values()) * nodes.length;
      expectContract(shares.size === nodes.length, 'a node owns no key');
      expectContract(most <= maxSkew, `the most loaded node has ${most.toFixed(2)} times its share (limit ${maxSkew})`);
    }),
    check('gives a node of weight 3 three times the keys', () => {
      const weighted = nodes.map((node, i) => (i === 4 ? { ...node, weight: 3 } : node));
      const ratio = sharesOf(build(weighted)).get(nodes[4]!.id)! / (3 / 12);
      expectContract(ratio > 1 / maxSkew && ratio < maxSkew, `the heavy node has ${ratio.toFixed(2)} times its share`);
    }),
    check('moves few keys when a node joins', () => {
      const moved = movedShare(build(nodes), build(contractNodes(11)));
      expectContract(moved <= maxMoved, `${(moved * 100).toFixed(1)}% of the keys moved (limit ${maxMoved * 100}%)`);
    }),
    check('leaves the keys of the others alone when a node leaves', () => {
      const gone = nodes[3]!;
      const before = build(nodes);
      const after = build(nodes.filter((node) => node !== gone));
      const others = keys.filter((key) => before.nodeFor(key) !== gone);
      const disturbed = others.filter((key) => before.nodeFor(key) !== after.nodeFor(key)).length / others.length;
      expectContract(
        disturbed <= maxDisturbed,
        `${(disturbed * 100).toFixed(1)}% of the other nodes' keys moved (limit ${maxDisturbed * 100}%)`,
      );
    }),
    check('names different nodes in nodesFor, the owner first', () => {
      const table = build(nodes);
      for (const key of keys.slice(0, 500)) {
        const all = table.nodesFor(key, nodes.length);
        expectContract(all[0] === table.nodeFor(key), `nodesFor(${key}) must begin with the owner`);
        expectContract(
          new Set(all).size === nodes.length,
          `nodesFor(${key}, ${nodes.length}) must hold each node once`,
        );
        for (const count of [0, 1, 3])
          expectContract(
            same(table.nodesFor(key, count), all.slice(0, count)),
            `nodesFor(${key}, ${count}) must be the first ${count} of all`,
          );
        expectContract(
          table.nodesFor(key, 99).length === nodes.length,
          'nodesFor must hold no more nodes than there are',
        );
      }
    }),
  ];
}

const same = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, i) => item === b[i]);

function movedShare(before: RouteTable, after: RouteTable): number {
  const [old, now] = [ownersOf(before), ownersOf(after)];
  return old.filter((owner, i) => owner !== now[i]).length / old.length;
}
