import fc from 'fast-check';

import type { Node } from '../contracts/node.js';
import { fnv1a } from './hash.js';
import { remembered } from './remembered.js';
import { rendezvous } from './rendezvous.js';

const node = (id: string, weight?: number): Node => ({
  id,
  host: id,
  port: 11211,
  ...(weight !== undefined && { weight }),
});
const fleet = (count: number): Node[] => Array.from({ length: count }, (_, i) => node(`node-${i}`));
const keys = Array.from({ length: 20_000 }, (_, i) => `user:${i}`);
const build = (nodes: readonly Node[]) => rendezvous().build(nodes);

const fleets = fc.uniqueArray(
  fc.record({ id: fc.string({ minLength: 1, maxLength: 8 }), weight: fc.integer({ min: 1, max: 9 }) }),
  { selector: ({ id }) => id, minLength: 1, maxLength: 12 },
);
const asNodes = (entries: { id: string; weight: number }[]) => entries.map(({ id, weight }) => node(id, weight));

function shares(nodes: readonly Node[]): Map<string, number> {
  const table = build(nodes);
  const counts = new Map<string, number>();
  for (const key of keys) {
    const { id } = table.nodeFor(key)!;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

describe('rendezvous', () => {
  it('owns nothing without nodes', () => {
    expect(build([]).nodeFor('k')).toBeUndefined();
    expect(build([]).nodesFor('k', 2)).toEqual([]);
  });

  it('gives the same owner whatever the order of the nodes', () => {
    fc.assert(
      fc.property(fleets, fc.string(), (entries, key) => {
        const nodes = asNodes(entries);
        expect(build([...nodes].reverse()).nodeFor(key)?.id).toBe(build(nodes).nodeFor(key)?.id);
      }),
    );
  });

  it('moves only the keys of a node that leaves, each to its second choice', () => {
    fc.assert(
      fc.property(fleets, fc.nat(), fc.string(), (entries, pick, key) => {
        const nodes = asNodes(entries);
        const gone = nodes[pick % nodes.length]!;
        const [owner, second] = build(nodes).nodesFor(key, 2);
        const after = build(nodes.filter((other) => other !== gone)).nodeFor(key);
        expect(after?.id).toBe(owner!.id === gone.id ? second?.id : owner!.id);
      }),
    );
  });

  it('ranks each node once, the owner first', () => {
    fc.assert(
      fc.property(fleets, fc.string(), (entries, key) => {
        const table = build(asNodes(entries));
        const ranking = table.nodesFor(key, entries.length + 1);
        expect(ranking[0]?.id).toBe(table.nodeFor(key)?.id);
        expect(new Set(ranking).size).toBe(entries.length);
      }),
    );
  });

  it.each([2, 3, 10, 50])('spreads keys evenly over %p nodes', (count) => {
    const even = keys.length / count;
    // Five standard deviations of a fair spread.
    const tolerance = 5 * Math.sqrt(even);
    const found = shares(fleet(count));
    expect(found.size).toBe(count);
    for (const share of found.values()) expect(Math.abs(share - even)).toBeLessThan(tolerance);
  });

  it('gives a node of weight 3 three times the keys of a node of weight 1', () => {
    const found = shares([node('big', 3), node('small', 1)]);
    expect(found.get('big')! / keys.length).toBeCloseTo(0.75, 1);
  });

  it('moves the ideal share to an eleventh node', () => {
    const [before, after] = [build(fleet(10)), build(fleet(11))];
    const moved = keys.filter((key) => before.nodeFor(key)!.id !== after.nodeFor(key)!.id).length / keys.length;
    expect(Math.abs(moved - 1 / 11)).toBeLessThan(0.02);
  });

  it('keeps its place to an id whose address changes', () => {
    const moved = fleet(5).map((each) => (each.id === 'node-2' ? { ...each, host: 'elsewhere' } : each));
    const owners = (nodes: readonly Node[]) => keys.slice(0, 1000).map((key) => build(nodes).nodeFor(key)!.id);
    expect(owners(moved)).toEqual(owners(fleet(5)));
  });

  it.each([1, 64, 65, 1000])(
    'finds the owner that ranks first among %p nodes, whether it was looked up before or not',
    (count) => {
      const table = build(fleet(count));
      const expected = keys.slice(0, 500).map((key) => table.nodesFor(key, 1)[0]);
      for (let time = 0; time < 2; time++)
        expect(keys.slice(0, 500).map((key) => table.nodeFor(key))).toEqual(expected);
    },
  );

  it('remembers nothing wrong: keys whose hashes have one place have owners of their own', () => {
    const owner = remembered((hash) => hash % 1009);
    const hashes = Array.from({ length: 300 }, (_, i) => ((i % 3) * 2 ** 18 + (i % 7)) >>> 0);
    expect(hashes.map(owner)).toEqual(hashes.map((hash) => hash % 1009));
  });

  it('moves no key where the number of nodes passes that from which owners are remembered', () => {
    const [before, after] = [build(fleet(64)), build(fleet(65))];
    for (const key of keys.slice(0, 3000))
      expect([before.nodeFor(key)!.id, 'node-64']).toContain(after.nodeFor(key)!.id);
  });

  it('gives two nodes whose ids have one hash keys of their own', () => {
    expect(fnv1a('costarring')).toBe(fnv1a('liquid'));
    const owned = (ids: readonly string[]): number => {
      const table = build(ids.map((id) => node(id)));
      return keys.slice(0, 1000).filter((key) => table.nodeFor(key)!.id === 'liquid').length;
    };
    expect(owned(['costarring', 'liquid'])).toBe(owned(['liquid', 'costarring']));
    expect(Math.abs(owned(['costarring', 'liquid']) - 500)).toBeLessThan(80);
  });

  it('never changes', () => {
    const table = build(fleet(3));
    expect(() => (table.nodes as Node[]).push(node('x'))).toThrow(TypeError);
  });
});
