import fc from 'fast-check';

import { nearestName } from './nearest-name.js';

const known = ['timeoutMs', 'refresh', 'ttl', 'discovery'];

describe('nearestName', () => {
  it.each([
    ['timeoutMS', 'timeoutMs'],
    ['timoutMs', 'timeoutMs'],
    ['refrehs', 'refresh'],
    ['tll', 'ttl'],
    ['discovrey', 'discovery'],
  ])('of %p is %p', (name, nearest) => expect(nearestName(name, known)).toBe(nearest));

  it.each(['x', 'maximum', 'ref'])('is nothing for %p, which is close to none', (name) =>
    expect(nearestName(name, known)).toBeUndefined(),
  );

  const word = fc.stringMatching(/^[a-z]{5,12}$/);

  it('is the name itself, where that is known', () => {
    fc.assert(fc.property(word, fc.array(word), (name, others) => nearestName(name, [...others, name]) === name));
  });

  it('finds a name again after one letter was dropped, added, replaced or swapped with the next', () => {
    const edits = [
      (name: string, at: number) => name.slice(0, at) + name.slice(at + 1),
      (name: string, at: number) => `${name.slice(0, at)}z${name.slice(at)}`,
      (name: string, at: number) => `${name.slice(0, at)}z${name.slice(at + 1)}`,
      (name: string, at: number) => name.slice(0, at) + (name[at + 1] ?? '') + name[at]! + name.slice(at + 2),
    ];
    fc.assert(
      fc.property(
        word,
        fc.constantFrom(...edits),
        fc.nat(4),
        (name, edit, at) => nearestName(edit(name, at), [name]) === name,
      ),
    );
  });
});
