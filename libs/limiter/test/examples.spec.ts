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
    expect(await app.statuses('/cats', 11)).toEqual([...Array<number>(10).fill(200), 429]);
    expect(await app.statuses('/cats/login', 4, { method: 'post' })).toEqual([201, 201, 201, 429]);
    expect(new Set(await app.statuses('/cats/health', 12))).toEqual(new Set([200]));
    await app.close();
  });

  it('limits as the page from rate-limiter-flexible says', async () => {
    expect([await handle('ann'), await handle('ann'), await handle('ann')]).toEqual(['ok', 'ok', 'ok']);
    expect(await handle('ann')).toMatch(/^retry in \d+ ms$/);
  });
});
