import fc from 'fast-check';

import { Doubts } from './doubts.js';
import { KeyFilter } from './key-filter.js';

const start = (longestLifeMs = 1000) => {
  const clock = { now: 0 };
  return {
    clock,
    doubts: new Doubts(
      () => longestLifeMs,
      () => clock.now,
    ),
  };
};
const forget = (doubts: Doubts, keys: readonly string[], deleted = true) => doubts.forget(keys)(deleted);

describe('Doubts', () => {
  it('gives each key out until it was deleted', () => {
    const { doubts } = start();
    for (const key of ['a', 'b', 'a', 'c']) doubts.add(key);
    expect([doubts.standing('a'), doubts.standing('z'), doubts.none]).toEqual(['missed', 'clear', false]);
    expect(doubts.due(2)).toEqual(['a', 'b']);
    forget(doubts, ['a', 'b']);
    forget(doubts, ['c'], false);
    expect([doubts.standing('a'), doubts.due(9)]).toEqual(['clear', ['c']]);
    forget(doubts, ['c']);
    expect(doubts.none).toBe(true);
  });

  it('keeps a key in doubt that missed another write while it was being deleted', () => {
    const { doubts } = start();
    doubts.add('a');
    const deleted = doubts.forget(['a']);
    expect(doubts.due(9)).toEqual([]);
    doubts.add('a');
    deleted(true);
    expect(doubts.standing('a')).toBe('missed');
  });

  it('has a late key deleted twice: at once, and when nothing can arrive any more', () => {
    const { clock, doubts } = start();
    doubts.add('a', 100);
    expect([doubts.standing('a'), doubts.due(9)]).toEqual(['late', ['a']]);
    forget(doubts, ['a']);
    expect([doubts.due(9), doubts.nextDueAt()]).toEqual([[], 100]);
    clock.now = 100;
    expect([doubts.standing('a'), doubts.due(9)]).toEqual(['missed', ['a']]);
    forget(doubts, ['a']);
    expect(doubts.none).toBe(true);
  });

  it('counts the delay of late keys from the moment at which a silent node answers again', () => {
    const { clock, doubts } = start(10_000);
    doubts.add('a', 100);
    doubts.add('b');
    clock.now = 5000;
    doubts.delayLate(100);
    expect([doubts.standing('a'), doubts.standing('b')]).toEqual(['late', 'missed']);
    clock.now = 5100;
    expect(doubts.standing('a')).toBe('missed');
  });

  it('ends with the longest life that a value may have', () => {
    const { clock, doubts } = start(1000);
    for (let i = 0; i < 10_001; i++) doubts.add(String(i));
    clock.now = 999;
    expect([doubts.standing('3'), doubts.standing('10000')]).toEqual(['missed', 'missed']);
    clock.now = 1000;
    expect([doubts.standing('3'), doubts.standing('10000'), doubts.none]).toEqual(['clear', 'clear', true]);
  });

  it('doubts past 10,000 keys too, deletes each when it is met, and hardly doubts others', () => {
    const { clock, doubts } = start();
    for (let i = 0; i < 50_000; i++) doubts.add(`k${i}`, i === 49_999 ? 100 : 0);
    expect([doubts.due(60_000).length, doubts.standing('k49999'), doubts.standing('k20000')]).toEqual([
      10_000,
      'late',
      'late',
    ]);
    clock.now = 100;
    const standings = Array.from({ length: 50_000 }, (_, i) => doubts.standing(`k${i}`));
    expect(new Set(standings)).toEqual(new Set(['missed']));
    const others = Array.from({ length: 10_000 }, (_, i) => doubts.standing(`other${i}`));
    expect(others.filter((standing) => standing !== 'clear').length).toBeLessThan(100);
    forget(doubts, ['k20000']);
    expect(doubts.standing('k20000')).toBe('clear');
    doubts.add('k20000');
    expect(doubts.standing('k20000')).toBe('missed');
  });

  it('never clears a key that was not deleted after its last missed write, whatever happens', () => {
    const keys = fc.integer({ min: 0, max: 20 }).map(String);
    const step = fc.oneof(
      fc.record({ kind: fc.constant('add' as const), key: keys, late: fc.integer({ min: 0, max: 50 }) }),
      fc.record({ kind: fc.constant('forget' as const), key: keys, deleted: fc.boolean() }),
      fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 30 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { clock, doubts } = start(1e6);
        // The oracle: the moment from which a deletion makes a key clear.
        const stale = new Map<string, number>();
        for (const one of steps) {
          if (one.kind === 'pass') clock.now += one.ms;
          else if (one.kind === 'add')
            stale.set(
              one.key,
              Math.max(stale.get(one.key) ?? -Infinity, one.late > 0 ? clock.now + one.late : -Infinity),
            );
          else {
            forget(doubts, [one.key], one.deleted);
            if (one.deleted && (stale.get(one.key) ?? -Infinity) <= clock.now) stale.delete(one.key);
          }
          if (one.kind === 'add') doubts.add(one.key, one.late);
          const names = Array.from({ length: 21 }, (_, i) => String(i));
          const expected = names.map((name) => {
            const until = stale.get(name);
            return until === undefined ? 'clear' : until > clock.now ? 'late' : 'missed';
          });
          expect(names.map((name) => doubts.standing(name))).toEqual(expected);
        }
      }),
    );
  });
});

it('KeyFilter has every key that was added, and few others', () => {
  const filter = new KeyFilter();
  for (let i = 0; i < 100_000; i++) filter.add(`key ${i}`);
  expect(Array.from({ length: 100_000 }, (_, i) => filter.has(`key ${i}`))).not.toContain(false);
  const wrong = Array.from({ length: 100_000 }, (_, i) => filter.has(`other ${i}`)).filter(Boolean).length;
  expect(wrong).toBeLessThan(100);
});
