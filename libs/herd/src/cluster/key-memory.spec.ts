import fc from 'fast-check';

import type { Node } from '../contracts/node.js';
import { rendezvous } from '../router/rendezvous.js';
import { Doubts } from '../pool/doubts.js';
import { KeyHistory } from './key-history.js';
import { NodeDoubts } from './node-doubts.js';
import { RecentWrites } from './recent-writes.js';
import { StandIns } from './stand-ins.js';

const tableOf = (ids: readonly string[]) => rendezvous().build(ids.map((id): Node => ({ id, host: id, port: 1 })));

describe('KeyHistory', () => {
  it('names each node that owned a key in one of the last tables, and not the present owner', () => {
    const some = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 8 }), fc.string(), (fleets, key) => {
        const history = new KeyHistory(
          () => Infinity,
          () => 0,
        );
        const tables = fleets.map(tableOf);
        for (const [i, table] of tables.entries()) if (i > 0) history.leave(tables[i - 1]!, table);
        const owner = tables.at(-1)!.nodeFor(key)!.id;
        const before = new Set(tables.map((table) => table.nodeFor(key)!.id).filter((id) => id !== owner));
        expect(new Set(history.formerOwners(key, owner))).toEqual(before);
      }),
    );
  });

  it('forgets a table when no value of then can be left, and the oldest of more than eight', () => {
    let now = 0;
    const history = new KeyHistory(
      () => 1000,
      () => now,
    );
    history.leave(tableOf(['a']), tableOf(['b']));
    expect(history.formerOwners('k', 'b')).toEqual(['a']);
    now = 1000;
    history.leave(tableOf(['b']), tableOf(['c']));
    expect(history.formerOwners('k', 'c')).toEqual(['b']);
    for (let i = 0; i < 8; i++) history.leave(tableOf([`n${i}`]), tableOf([`n${i + 1}`]));
    expect([...history.formerOwners('k', 'n8')].sort()).toEqual(['n0', 'n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7']);
  });
});

describe('StandIns', () => {
  it('gives the nodes of a key once', () => {
    const standIns = new StandIns(() => undefined);
    standIns.note('k', 'a');
    standIns.note('k', 'b');
    expect([standIns.taken('other'), standIns.taken('k'), standIns.taken('k')]).toEqual([[], ['a', 'b'], []]);
  });

  it('returns which key it forgets past 10,000', () => {
    const forgotten: string[] = [];
    const standIns = new StandIns((key, node) => forgotten.push(`${key} ${node}`));
    for (let i = 0; i < 10_001; i++) standIns.note(String(i), 'a');
    expect(forgotten).toEqual(['0 a']);
  });
});

it('RecentWrites has the last 10,000 keys at least, and not many more', () => {
  const recent = new RecentWrites();
  for (let i = 0; i < 35_000; i++) recent.add(String(i), 'a');
  for (let i = 24_000; i < 26_000; i++) recent.add(String(i), 'b');
  const has = recent.owners();
  expect([has.get('25000'), has.get('34999')]).toEqual(['b', 'a']);
  const last = Array.from({ length: 10_000 }, (_, i) => String(i < 2_000 ? 24_000 + i : 25_000 + i));
  expect(has.size).toBeLessThanOrEqual(20_000);
  expect(last.filter((key) => !has.has(key))).toEqual([]);
});

describe('NodeDoubts', () => {
  const make = () => new Doubts(() => Infinity);
  const ids = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `n${i}`);

  it('has those of the 256 nodes that left last, whenever they came', () => {
    const doubts = new NodeDoubts(make);
    const first = doubts.of('first');
    for (const id of ids(300)) {
      const present = doubts.of(id);
      doubts.follow(new Set(['first', id]));
      expect([doubts.of('first'), doubts.of(id)]).toEqual([first, present]);
      present.add('missed');
    }
    doubts.follow(new Set(['n299']));
    expect(doubts.of('first')).toBe(first);
    const kept = ids(299).filter((id) => !doubts.of(id).none);
    expect(kept).toEqual(ids(299).slice(-255));
  });
});
