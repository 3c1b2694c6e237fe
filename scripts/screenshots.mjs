// Pictures of the page for the README, of the demo that runs, and how soon it paints: npm run screenshots
/* global localStorage, scrollTo -- of the page, in which some functions here run */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const { DEMO_URL } = process.env;
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FOLDER = join(import.meta.dirname, '../apps/demo-api/docs');
const LAUNCH_TIMEOUT_MS = 30_000;
const EXPERIMENT_MS = 60_000;

if (DEMO_URL === undefined) {
  console.error('No demo runs: start one by `npm run demo` in another terminal, or set DEMO_URL.');
  process.exit(1);
}

const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu'],
  timeout: LAUNCH_TIMEOUT_MS,
});
mkdirSync(FOLDER, { recursive: true });

async function open(path, options, hideRoom) {
  const context = await browser.newContext(options);
  if (hideRoom) await context.addInitScript(() => localStorage.setItem('machine-room', 'false'));
  const page = await context.newPage();
  await page.goto(DEMO_URL + path);
  await page.locator('mark').first().waitFor();
  return page;
}

try {
  const first = await open('/?q=public+debt', {}, false);
  const paintedMs = await first.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime);
  console.log(`first paint after ${Math.round(paintedMs)} ms`);

  const wide = { viewport: { width: 1440, height: 900 } };
  const light = await open('/?q=public+debt', wide, false);
  const press = (name) =>
    light
      .getByRole('button', { name })
      .first()
      .evaluate((button) => button.click());
  await press(/^Kill node/);
  await light.locator('.outcome', { hasText: 'Over.' }).waitFor({ timeout: EXPERIMENT_MS });
  await light.evaluate(() => scrollTo(0, 0));
  await light.screenshot({ path: join(FOLDER, 'page-light.png') });
  await press(/^Revive node/);

  const dark = await open('/?q=gold+standard&mode=phrase', { ...wide, colorScheme: 'dark' }, true);
  await dark.locator('article h2 button').first().click();
  await dark.locator('dialog .found').waitFor();
  await dark.getByRole('complementary', { name: 'Similar addresses' }).getByRole('button').first().waitFor();
  await dark.screenshot({ path: join(FOLDER, 'page-dark.png') });

  const phone = await open(
    '/?q=railroads',
    { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
    true,
  );
  await phone.screenshot({ path: join(FOLDER, 'page-phone.png') });
} finally {
  await browser.close();
}
