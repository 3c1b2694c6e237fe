import fc from 'fast-check';

import { refreshesEarly } from './early-refresh.js';

describe('early refresh', () => {
  const chance = fc.double({ min: 1e-9, max: 1, noNaN: true });

  it('always happens past the end, and never with a beta of 0', () => {
    fc.assert(fc.property(chance, (random) => refreshesEarly(1000, 10, 1000, random, 1)));
    fc.assert(fc.property(chance, (random) => !refreshesEarly(1000, 10, 999, random, 0)));
  });

  it('is as likely as the paper has it: at one loading time before the end, one reader in e', () => {
    expect(refreshesEarly(1000, 100, 900, Math.exp(-1) - 1e-9, 1)).toBe(true);
    expect(refreshesEarly(1000, 100, 900, Math.exp(-1) + 1e-9, 1)).toBe(false);
  });

  it('grows likelier towards the end, with the time that loading takes, and with beta', () => {
    fc.assert(
      fc.property(chance, fc.nat(1000), fc.nat(1000), fc.nat(1000), (random, now, later, loadMs) => {
        if (!refreshesEarly(1000, loadMs, now, random, 1)) return;
        expect(refreshesEarly(1000, loadMs, now + later, random, 1)).toBe(true);
        expect(refreshesEarly(1000, loadMs + later, now, random, 1)).toBe(true);
        expect(refreshesEarly(1000, loadMs, now, random, 2)).toBe(true);
      }),
    );
  });
});
