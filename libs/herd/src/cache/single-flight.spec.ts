import { KeyWatch } from './key-watch.js';
import { SingleFlight } from './single-flight.js';

describe('SingleFlight', () => {
  const held = () => {
    let release!: (value: string) => void;
    const value = new Promise<string>((resolve) => (release = resolve));
    return { value, release };
  };

  it('gives a call meanwhile the same answer, and the next one its own', async () => {
    const flights = new SingleFlight();
    const first = held();
    const all = [1, 2].map(() => flights.run('k', () => first.value));
    first.release('once');
    expect(await Promise.all(all)).toEqual(['once', 'once']);
    expect(await flights.run('k', () => Promise.resolve('anew'))).toBe('anew');
  });

  it('gives a run of its own to who calls after an invalidation, or after another process changed the key', async () => {
    const changes = new KeyWatch();
    const flights = new SingleFlight(changes);
    for (const change of [() => flights.invalidate('k'), () => changes.changed(['k']), () => changes.allChanged()]) {
      const old = held();
      const before = flights.run('k', () => old.value);
      change();
      expect(await flights.run('k', () => Promise.resolve('of now'))).toBe('of now');
      old.release('of then');
      expect(await before).toBe('of then');
    }
    const other = held();
    const before = flights.run('k', () => other.value);
    changes.changed(['another']);
    const joined = flights.run('k', () => Promise.resolve('its own'));
    other.release('shared');
    expect(await Promise.all([before, joined])).toEqual(['shared', 'shared']);
  });
});

describe('what several callers share', () => {
  const run = async (flights: SingleFlight, callers: number) => {
    const asked = Array.from({ length: callers }, () =>
      flights
        .run('k', () => Promise.resolve({ list: [1] }), structuredClone)
        .then((found) => (found.list.push(2), found)),
    );
    return Promise.all(asked);
  };

  it('is a copy for each, made before any of them can change it', async () => {
    const found = await run(new SingleFlight(), 3);
    expect(found).toEqual([1, 2, 3].map(() => ({ list: [1, 2] })));
    expect(new Set(found).size).toBe(3);
  });
});
