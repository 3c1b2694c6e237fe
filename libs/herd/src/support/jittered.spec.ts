import { jittered } from './jittered.js';

it('waits up to the share shorter or longer, and no longer than a timer can', () => {
  const waits = [0, 0.5, 0.999].map((chance) => jittered(30_000, 0.1, () => chance));
  expect(waits.map(Math.round)).toEqual([27_000, 30_000, 32_994]);
  expect(jittered(30_000, 0, () => 0.9)).toBe(30_000);
  expect(jittered(1, 1, () => 0)).toBe(1);
  expect(jittered(2 ** 31 - 1, 1, () => 0.9)).toBe(2 ** 31 - 1);
});
