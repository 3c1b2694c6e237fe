import fc from 'fast-check';
import { shapeProblem } from './json-shape.js';

const bounds = { maxDepth: 3, maxValues: 5 };
const judged = (text: string) => shapeProblem(Buffer.from(text), bounds);

describe('the shape of a JSON text', () => {
  it.each(['{}', '[[[1]]]', '{"a":{"b":{"c":1}}}', '[1,2,3,4,5]', '"[[[[[[[["', '{"\\"[[[[":",,,,,,,"}', '', '"'])(
    'is right for %s',
    (text) => expect(judged(text)).toBeUndefined(),
  );

  it.each([
    ['[[[[1]]]]', 'nested deeper than 3'],
    ['{"a":[{"b":[]}]}', 'nested deeper than 3'],
    ['[1,2,3,4,5,6]', 'of more than 5 members'],
    [`${'['.repeat(40_000)}${']'.repeat(40_000)}`, 'nested deeper than 3'],
  ])('is refused for %#', (text, problem) => expect(judged(text)).toBe(problem));

  it('agrees with the parsed value on its depth', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const tooDeep = shapeProblem(Buffer.from(text), { maxDepth: 3, maxValues: Infinity });
        expect(tooDeep !== undefined).toBe(depthOf(JSON.parse(text)) > 3);
      }),
    );
  });
});
