import { createHash } from 'node:crypto';

import fc from 'fast-check';

import type { Node } from '../contracts/node.js';
import type { Router, RouteTable } from '../contracts/router.js';
import { HerdRequestError } from '../errors/operation-errors.js';
import { HerdOptionError } from '../errors/option-error.js';
import { ketama } from './ketama.js';
import { maglev } from './maglev.js';
import { md5 } from './md5.js';
import { modulo } from './modulo.js';
import { rendezvous } from './rendezvous.js';
import { buildRing, countBelow, firstPoint } from './ring.js';

const node = fc.record({
  id: fc.string({ minLength: 1, maxLength: 30 }),
  host: fc.domain(),
  port: fc.integer({ min: 1, max: 65535 }),
  weight: fc.integer({ min: 1, max: 5 }),
});
const fleet = (minLength = 1): fc.Arbitrary<Node[]> =>
  fc.uniqueArray(node, { minLength, maxLength: 12, selector: ({ id }) => id });
const keys = fc.uniqueArray(fc.string({ maxLength: 60, unit: 'binary' }), { minLength: 20, maxLength: 60 });
const sequence = Array.from({ length: 5000 }, (_, i) => `key-${i}`);
const small = { numRuns: 20 };

/** With the most by which a node's load may pass its share, on 5000 keys. */
const routers: [string, Router, number][] = [
  ['rendezvous', rendezvous(), 1.3],
  ['ketama', ketama(), 1.75],
  ['maglev', maglev(), 1.3],
  ['modulo', modulo(), 1.3],
];

describe.each(routers)('%s', (name, router, maxSkew) => {
  /** Where loads do not count, a table is filled in no time. */
  const light = name === 'maglev' ? maglev({ tableSize: 1009 }) : router;

  it('has its name, lists its nodes, and owns nothing without them', () => {
    const nodes = ['b', 'a'].map((id) => ({ id, host: id, port: 1 }));
    expect(router.name).toBe(name);
    expect([...light.build(nodes).nodes].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([nodes[1], nodes[0]]);
    const empty = light.build([]);
    expect([empty.nodes, empty.nodeFor('key'), empty.nodesFor('key', 2)]).toEqual([[], undefined, []]);
  });

  it('gives each key one owner, whatever the order of the nodes', () => {
    fc.assert(
      fc.property(fleet(), fc.infiniteStream(fc.nat()), keys, (nodes, order, sample) => {
        const shuffled = nodes
          .map((item) => ({ item, at: order.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ item }) => item);
        const [one, other] = [light.build(nodes), light.build(shuffled)];
        for (const key of sample) {
          expect(nodes).toContain(one.nodeFor(key));
          expect(other.nodeFor(key)).toBe(one.nodeFor(key));
        }
      }),
      small,
    );
  });

  it('names different nodes, the owner first, each list the beginning of a longer one', () => {
    fc.assert(
      fc.property(fleet(), keys, fc.nat(14), (nodes, sample, count) => {
        const table = light.build(nodes);
        for (const key of sample) {
          const named = table.nodesFor(key, count);
          const all = table.nodesFor(key, nodes.length);
          expect(named).toEqual(all.slice(0, count));
          expect(new Set(named).size).toBe(Math.min(count, nodes.length));
          expect(all[0]).toBe(table.nodeFor(key));
        }
      }),
      small,
    );
  });

  it('loads the nodes in proportion to their weights', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 8 }),
        fc.stringMatching(/^[a-z]{3,8}$/),
        (weights, prefix) => {
          const nodes = weights.map((weight, i) => ({
            id: `${prefix}-${i}`,
            host: `10.0.0.${i}`,
            port: 11211,
            weight,
          }));
          const table = router.build(nodes);
          const total = weights.reduce((sum, weight) => sum + weight, 0);
          const counts = new Map(nodes.map((item) => [item.id, 0]));
          for (const key of sequence) {
            const { id } = table.nodeFor(key)!;
            counts.set(id, counts.get(id)! + 1);
          }
          for (const { id, weight } of nodes) {
            const load = counts.get(id)! / ((sequence.length * weight) / total);
            expect(load).toBeLessThan(maxSkew);
            expect(load).toBeGreaterThan(1 / (maxSkew + 0.1));
          }
        },
      ),
      { numRuns: 8 },
    );
  });

  if (name === 'modulo') return;

  it('moves nothing but the keys that a joining node gets', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20 }), fc.stringMatching(/^[a-z]{3,8}$/), (count, prefix) => {
        const nodes = Array.from({ length: count + 1 }, (_, i) => ({
          id: `${prefix}-${i}`,
          host: `10.0.0.${i}`,
          port: 11211,
        }));
        const newcomer = nodes.at(-1)!;
        const [before, after] = [router.build(nodes.slice(0, -1)), router.build(nodes)];
        const moved = sequence.filter((key) => before.nodeFor(key) !== after.nodeFor(key));
        const astray = moved.filter((key) => after.nodeFor(key) !== newcomer);
        expect(moved.length / sequence.length).toBeLessThan((maxSkew + 0.25) / (count + 1));
        expect(astray.length / sequence.length).toBeLessThanOrEqual(name === 'maglev' ? 0.03 : 0);
      }),
      { numRuns: 8 },
    );
  });
});

describe('ketama', () => {
  it.each([ketama(), rendezvous()])('$name gives the keys of a node that leaves to the next in nodesFor', (router) => {
    fc.assert(
      fc.property(fleet(2), keys, (drawn, sample) => {
        const nodes = drawn.map((item) => ({ ...item, weight: 1 }));
        const table = router.build(nodes);
        const without = new Map<Node, RouteTable>(
          nodes.map((gone) => [gone, router.build(nodes.filter((item) => item !== gone))]),
        );
        for (const key of sample) {
          const [owner, heir] = table.nodesFor(key, 2);
          expect(without.get(owner!)!.nodeFor(key)).toBe(heir);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('gives a node below 1/40 of the mean weight no key, and names it for none', () => {
    const nodes = ['a', 'b', 'c'].map((id) => ({ id, host: id, port: 1, weight: id === 'b' ? 0.01 : 1 }));
    const table = ketama().build(nodes);
    const named = sequence.slice(0, 50).map((key) => table.nodesFor(key, 3).map(({ id }) => id));
    expect(new Set(named.map(([owner]) => owner))).toEqual(new Set(['a', 'c']));
    expect(new Set(named.map((ids) => [...ids].sort().join('')))).toEqual(new Set(['ac']));
  });

  it('hashes points under the id, the address without port 11211, or a name of the caller', () => {
    const nodes = [1, 2, 3].map((i) => ({ id: `node-${i}`, host: `10.0.0.${i}`, port: i === 3 ? 11212 : 11211 }));
    const owners = (router: Router, list: readonly Node[]): string[] => {
      const table = router.build(list);
      return sequence.map((key) => table.nodeFor(key)!.host);
    };
    const named = (name: (item: Node) => string): Node[] => nodes.map((item) => ({ ...item, id: name(item) }));
    const libmemcached = owners(ketama({ pointName: 'libmemcached' }), nodes);
    expect(libmemcached).toEqual(
      owners(
        ketama(),
        named(({ host, port }) => (port === 11211 ? host : `${host}:${port}`)),
      ),
    );
    expect(libmemcached).not.toEqual(owners(ketama(), nodes));
    expect(owners(ketama({ pointName: ({ host }) => host }), nodes)).toEqual(
      owners(
        ketama(),
        named(({ host }) => host),
      ),
    );
  });
});

describe('maglev', () => {
  it.each([0, 1, -7, 9, 65536, 67_108_879, 2.5, NaN])('refuses the table size %p and names it', (tableSize) => {
    expect(() => maglev({ tableSize })).toThrow(HerdOptionError);
    expect(() => maglev({ tableSize })).toThrow(
      `tableSize must be a prime, such as 65537 or 655373 (got ${tableSize})`,
    );
  });

  it('refuses more nodes than slots', () => {
    const nodes = Array.from({ length: 8 }, (_, i) => ({ id: `${i}`, host: 'h', port: i + 1 }));
    expect(() => maglev({ tableSize: 7 }).build(nodes)).toThrow(/at least the number of nodes, 8; .* \(got 7\)/);
    expect(maglev({ tableSize: 7 }).build(nodes.slice(1)).nodesFor('key', 7)).toHaveLength(7);
  });
});

it.each([
  [() => ketama({ pointname: 'id' } as never), 'pointname is not an option; did you mean pointName?'],
  [() => ketama({ pointName: 'ip' as never }), `pointName must be 'id', 'libmemcached' or a function`],
  [() => maglev({ tablesize: 7 } as never), 'did you mean tableSize?'],
  [() => modulo({ hsh: () => 1 } as never), 'did you mean hash?'],
  [() => modulo({ hash: 'md5' as never }), 'hash must be a function'],
])('a router refuses wrong options: %#', (make, message) => expect(make).toThrow(message));

describe('modulo', () => {
  it('uses the remainder over the nodes by id, or by shares where they have weights', () => {
    const nodes = ['b', 'a', 'c'].map((id) => ({ id, host: id, port: 1 }));
    const router = modulo({ hash: Number });
    const ids = (list: readonly Node[]): string =>
      [...'01234567'].map((key) => router.build(list).nodeFor(key)!.id).join('');
    expect(ids(nodes)).toBe('abcabcab');
    expect(ids(nodes.map((item) => (item.id === 'b' ? { ...item, weight: 2 } : item)))).toBe('abbcabbc');
  });
});

describe.each([
  ['halves', [0.5, 0.5]],
  ['thirds', [1 / 3, 2 / 3, 1]],
  ['parts of ten', [0.1, 0.2, 0.7]],
  ['large', [1e9, 1e9, 2e9]],
  ['small', [1e-6, 2e-6]],
  ['mixed', [1.5, 3, 4.5]],
])('weights that are no small whole numbers: %s', (_what, weights) => {
  it.each(routers)('%s gives each node its share of the keys', (_name, router, maxSkew) => {
    const nodes = weights.map((weight, i) => ({ id: `n-${i}`, host: `10.0.0.${i}`, port: 11211, weight }));
    const table = router.build(nodes);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const { id, weight } of nodes) {
      const own = sequence.filter((key) => table.nodeFor(key)!.id === id).length;
      const load = own / ((sequence.length * weight) / total);
      expect([id, load < maxSkew, load > 1 / (maxSkew + 0.1)]).toEqual([id, true, true]);
    }
  });
});

it('modulo counts by the smallest whole shares', () => {
  const nodes = [0.5, 1.5].map((weight, i) => ({ id: `${i}`, host: `${i}`, port: 1, weight }));
  const table = modulo({ hash: Number }).build(nodes);
  expect([...'01234567'].map((key) => table.nodeFor(key)!.id).join('')).toBe('01110111');
});

it.each([-1, 0.5, NaN, Infinity, '5', undefined])('modulo refuses %p for the hash of a key', (given) => {
  const table = modulo({ hash: () => given as number }).build([{ id: 'a', host: 'a', port: 1 }]);
  for (const find of [() => table.nodeFor('the key'), () => table.nodesFor('the key', 1)]) {
    expect(find).toThrow(HerdRequestError);
    expect(find).toThrow(/no whole number of 0 or more for "the key".*>>> 0/);
  }
});

describe('md5', () => {
  it('agrees with node:crypto on every text', () => {
    const words = new Uint32Array(4);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300, size: 'max' }), (text) => {
        md5(text, words);
        expect(Buffer.from(words.buffer).toString('hex')).toBe(createHash('md5').update(text).digest('hex'));
      }),
      { numRuns: 300 },
    );
  });
});

describe('ring', () => {
  it('finds the first point at or after a hash, round the end', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(0xffffffff), { minLength: 1, maxLength: 50 }),
        fc.nat(0xffffffff),
        (points, hash) => {
          const ring = buildRing(points.map((point) => Uint32Array.of(point)));
          const expected = [...points].sort((a, b) => a - b).find((point) => point >= hash) ?? Math.min(...points);
          expect(points[ring.owners[firstPoint(ring, hash)]!]).toBe(expected);
          expect(countBelow(ring.points, hash)).toBe(points.filter((point) => point < hash).length);
        },
      ),
    );
  });
});
