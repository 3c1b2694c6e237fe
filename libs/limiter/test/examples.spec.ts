import { readdirSync, readFileSync } from 'node:fs';
import { CatsModule } from './examples/from-nestjs-throttler.js';
import { handle } from './examples/from-rate-limiter-flexible.js';
import { startHttpApp } from './http-app.js';

const EXAMPLES = new URL('./examples/', import.meta.url);

describe('examples of the migration pages', () => {
  it.each(readdirSync(EXAMPLES))('%s is what the page shows', (file) => {
    const page = readFileSync(new URL(`../docs/${file.replace('.ts', '.md')}`, import.meta.url), 'utf8');
    expect(page).toContain(readFileSync(new URL(file, EXAMPLES), 'utf8'));
  });

  it('limits as the page from @nestjs/throttler says', async () => {
    const app = await startHttpApp('express', { imports: [CatsModule] });
    const admitted = async (path: string, call?: Parameters<typeof app.statuses>[2]): Promise<number> => {
      let count = 0;
      while ((await app.statuses(path, 1, call))[0] !== 429) count++;
      return count;
    };
    const startedAt = performance.now();
    const [lists, logins] = [await admitted('/cats'), await admitted('/cats/login', { method: 'post' })];
    // A machine that is busy is slow enough for some to drain meanwhile.
    const minutes = (performance.now() - startedAt) / 60_000;
    expect(lists).toBeGreaterThanOrEqual(10);
    expect(lists).toBeLessThanOrEqual(10 + 10 * minutes);
    expect(logins).toBeGreaterThanOrEqual(3);
    expect(logins).toBeLessThanOrEqual(3 + 3 * minutes);
    expect(new Set(await app.statuses('/cats/health', 12))).toEqual(new Set([200]));
    await app.close();
  });

  it('limits as the page from rate-limiter-flexible says', async () => {
    expect([await handle('ann'), await handle('ann'), await handle('ann')]).toEqual(['ok', 'ok', 'ok']);
    expect(await handle('ann')).toMatch(/^retry in \d+ ms$/);
  });
});
