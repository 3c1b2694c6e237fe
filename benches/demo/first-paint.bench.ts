/**
 * How soon the page paints in a browser that has never seen it, of a demo that has just started.
 *
 *     npm run build && npm run bench -- demo first-paint
 */
import { loadavg } from 'node:os';
import { chromium } from 'playwright-core';
import { startDemoServers } from './demo-servers.js';
import { DemoProcess } from './demo-process.js';

const STARTS = 5;

const servers = await startDemoServers(1);
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  await (await DemoProcess.start(servers.env)).stop(); // Loads the data.
  console.log(`load average before: ${loadavg()[0]!.toFixed(2)}\n`);
  console.log('| start | first paint | first hits |\n| --- | --- | --- |');
  for (let start = 1; start <= STARTS; start += 1) {
    const demo = await DemoProcess.start(servers.env);
    const context = await browser.newContext();
    const page = await context.newPage();
    const opened = performance.now();
    await page.goto(demo.url, { waitUntil: 'commit' });
    await page.locator('article').first().waitFor();
    const hitsMs = performance.now() - opened;
    const paintMs = await page.evaluate(
      () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
    );
    console.log(`| ${start} | ${paintMs.toFixed(0)} ms | ${hitsMs.toFixed(0)} ms |`);
    await context.close();
    await demo.stop();
  }
} finally {
  await browser.close();
  await servers.stop();
}
