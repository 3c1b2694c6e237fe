import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const ARGUMENTS = [
  '--no-sandbox', // Chromium refuses to run as root with it.
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** The first start on a machine takes 9 s. */
const LAUNCH_TIMEOUT_MS = 30_000;
const STEP_TIMEOUT_MS = 10_000;
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export function startBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ARGUMENTS, timeout: LAUNCH_TIMEOUT_MS });
}

/** A page, and all that it must not do: errors in it, and requests to other hosts. */
export type WatchedPage = Readonly<{ page: Page; complaints: string[]; close(): Promise<void> }>;

/** Opens `url`. A refused script, an error that nobody handled and a request to another host are complaints. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(STEP_TIMEOUT_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // Chromium writes a line for each answer above 399, which the page expects.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) complaints.push(`asked ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints, close: () => context.close() };
}

/** What axe finds wrong, by rule and element, once nothing is loaded or moves any more: what fades has other colours meanwhile. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  await page.locator('[aria-busy=true]').waitFor({ state: 'detached' });
  await page.evaluate(async () => {
    type Moving = { document: { getAnimations(): { finished: Promise<unknown> }[] } };
    const moving = (globalThis as unknown as Moving).document.getAnimations();
    await Promise.allSettled(moving.map(({ finished }) => finished));
  });
  // By the debugger: the policy of the page allows no script of others.
  await page.evaluate(await readFile(AXE, 'utf8'));
  return page.evaluate(async () => {
    type Axe = { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> };
    const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
  });
}
