import { simulate, type Variant } from './simulation.js';
import { BROKEN } from './variants.js';

const SCHEDULES = Number(process.env['SEARCH_SCHEDULES'] ?? 1_500);
const FIRST_SEED = Number(process.env['SEARCH_SEED'] ?? 1);

/** @returns the first seed that ends wrong, and how */
async function firstWrong(
  variant: Variant,
  schedules: number,
): Promise<{ seed: number; differences: string[] } | undefined> {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + schedules; seed += 1) {
    const differences = await simulate(seed, variant);
    if (differences.length > 0) return { seed, differences };
  }
  return undefined;
}

describe('the order of steps', () => {
  it(`ends with both indices as the database says, in ${SCHEDULES} schedules`, async () => {
    expect(await firstWrong({ name: 'real' }, SCHEDULES)).toBeUndefined();
  }, 240_000);

  it.each(BROKEN)(
    'is told from $name',
    async (variant) => {
      expect(await firstWrong(variant, 4 * SCHEDULES)).toMatchObject({
        differences: expect.arrayContaining([expect.stringContaining('database says')]) as string[],
      });
    },
    240_000,
  );
});
