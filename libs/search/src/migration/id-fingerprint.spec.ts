import fc from 'fast-check';
import type { DocumentPlace } from '../contracts/engine.js';
import { IdFingerprint } from './id-fingerprint.js';

const place: fc.Arbitrary<DocumentPlace> = fc.record({
  id: fc.oneof(fc.nat(500).map(String), fc.string({ unit: 'grapheme' })),
  routing: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
});
const text = ({ id, routing }: DocumentPlace): string => JSON.stringify([id, routing ?? null]);
const places = fc.uniqueArray(place, { selector: text, maxLength: 60 });

function fingerprintOf(some: readonly DocumentPlace[]): IdFingerprint {
  const made = new IdFingerprint();
  for (const one of some) made.add(one);
  return made;
}

describe('the fingerprint of ids', () => {
  it('has nothing different of the same documents in any order', () => {
    fc.assert(
      fc.property(places, (some) => {
        expect(fingerprintOf(some).differences(fingerprintOf(some.toReversed())).size).toBe(0);
      }),
      { numRuns: 20 },
    );
  });

  it('has each document that one of two lacks among the differences', () => {
    fc.assert(
      fc.property(places, places, (some, others) => {
        const differences = fingerprintOf(some).differences(fingerprintOf(others));
        const [mine, theirs] = [new Set(some.map(text)), new Set(others.map(text))];
        for (const one of [...some, ...others])
          if (mine.has(text(one)) !== theirs.has(text(one))) expect(differences.has(one)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('distinguishes a document that is there twice from one', () => {
    expect(fingerprintOf([{ id: '1' }, { id: '1' }]).differences(fingerprintOf([{ id: '1' }])).size).toBe(1);
  });

  it('finds one document among 30,000, and names few others', () => {
    const [whole, lacking] = [new IdFingerprint(), new IdFingerprint()];
    for (let id = 0; id < 30_000; id += 1) {
      whole.add({ id: String(id) });
      if (id !== 12_345) lacking.add({ id: String(id) });
    }
    const differences = whole.differences(lacking);
    expect(differences.size).toBe(1);
    expect(differences.has({ id: '12345' })).toBe(true);
    const named = Array.from({ length: 30_000 }, (_, id) => String(id)).filter((id) => differences.has({ id }));
    expect(named.length).toBeLessThan(12);
  });
});
