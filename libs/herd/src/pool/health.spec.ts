import fc from 'fast-check';

import { afterFailure, afterProbe, afterRefusal, afterSuccess, ejected, healthy, probeDelayMs } from './health.js';

const fail = (times: number) =>
  Array.from({ length: times }).reduce<typeof healthy>((health) => afterFailure(health, 'refused', 1000, 3), healthy);

describe('the health of a node', () => {
  it('is down after three failures in a row, with the reason and the moment of the last', () => {
    expect(fail(2)).toEqual({ state: 'up', failures: 2 });
    expect(fail(3)).toEqual({ state: 'down', since: 1000, reason: 'refused', probes: 0 });
  });

  it('begins a new row after a success', () =>
    expect(afterFailure(afterSuccess(fail(2)), 'refused', 0, 3)).toEqual({ state: 'up', failures: 1 }));

  it('is not up again by an answer that comes late, but by a probe', () => {
    expect(afterSuccess(fail(3))).toEqual(fail(3));
    expect(afterProbe(fail(3), 'silent', 3)).toEqual({ state: 'down', since: 1000, reason: 'silent', probes: 1 });
    expect(afterProbe(fail(3), undefined, 3).state).toBe('up');
  });

  it('is half-open after a probe: the first failure ejects it, the first success closes the circuit', () => {
    const halfOpen = afterProbe(fail(3), undefined, 3);
    expect(afterFailure(halfOpen, 'refused', 2000, 3).state).toBe('down');
    expect(afterSuccess(halfOpen)).toEqual(healthy);
  });

  it('is down at once by a failure that counts for several', () =>
    expect(afterFailure(healthy, 'silent', 1000, 3, 3).state).toBe('down'));

  it('refuses with the reason of now since the first refusal, is down by failures, and not brought back by a refusal', () => {
    const refusing = afterRefusal(fail(2), 'OOM', 1000);
    expect(refusing).toEqual({ state: 'refusing', since: 1000, reason: 'OOM', failures: 0 });
    expect(afterRefusal(refusing, 'OOM', 2000)).toBe(refusing);
    expect(afterRefusal(refusing, 'BUSY', 2000)).toEqual({ ...refusing, reason: 'BUSY' });
    expect(afterSuccess(afterFailure(refusing, 'late', 2000, 3))).toEqual(refusing);
    expect(afterFailure(refusing, 'late', 2000, 3, 3)).toEqual(ejected('late', 2000));
    expect(afterRefusal(fail(3), 'OOM', 2000)).toEqual(fail(3));
  });

  it('is not ejected anew while it is down', () =>
    expect(afterFailure(ejected('frozen', 1), 'refused', 2, 3)).toEqual(ejected('frozen', 1)));

  it('waits longer before each probe, up to the most', () => {
    expect([0, 1, 2, 3, 4, 5].map((probes) => probeDelayMs(probes, 100, 1000))).toEqual([
      100, 200, 400, 800, 1000, 1000,
    ]);
    fc.assert(fc.property(fc.nat(), (probes) => probeDelayMs(probes, 100, 1000) <= 1000));
  });
});
