import { join } from 'node:path';
import {
  controlServers,
  describeWith,
  describeWithProgram,
  type OwnServer,
  startMemcached,
  startOpenSearch,
  startPostgres,
} from '@rookery/services';
import type { Browser } from 'playwright-core';
import { accessibilityProblems, openPage, startBrowser, type WatchedPage } from './browser.js';
import { TYPESCRIPT } from './command.js';
import { type DemoUnderTest, ownEnvironment, startDemoUnderTest } from './demo-under-test.js';

const SEARCH = join(import.meta.dirname, '../src/search.ts');
/** An experiment watches for some seconds, and recovery takes some more. */
const EXPERIMENT_MS = 60_000;
const MIGRATION_MS = 180_000;

describeWith('postgres', 'the machine room', () => {
  describeWith('opensearch', 'on servers of its own', () => {
    describeWithProgram('chromium', 'in a browser', (chromium) => {
      const own: OwnServer[] = [];
      let demo: DemoUnderTest;
      let browser: Browser;
      let watched: WatchedPage;

      beforeAll(async () => {
        const [postgres, opensearch, ...nodes] = await Promise.all([
          startPostgres(),
          startOpenSearch(),
          startMemcached(),
          startMemcached(),
          startMemcached(),
        ]);
        own.push({ service: 'postgres', server: postgres }, { service: 'opensearch', server: opensearch });
        own.push(...nodes.map((server) => ({ service: 'memcached' as const, server })));
        const env = ownEnvironment({
          postgres: postgres.address,
          opensearch: opensearch.address,
          memcached: nodes.map(({ address }) => address).join(','),
        });
        // More addresses than the probes read: those are not in the cache.
        const settings = {
          DEMO_FAULTS: 'on',
          DEMO_ADDRESSES: '24',
          API_LIMIT: '100000/1m',
          SEARCH_LIMIT: '100000/1m',
          CACHE_SECONDS: '600',
          SEARCH_TIMEOUT_MS: '2000',
        };
        demo = await startDemoUnderTest(
          { ...env, ...settings },
          { servers: controlServers(own), searchCommand: [process.execPath, ...TYPESCRIPT, SEARCH] },
        );
        browser = await startBrowser(chromium);
      }, 240_000);

      afterAll(async () => {
        await browser?.close();
        await demo?.stop();
        await Promise.all(own.map(({ server }) => server.stop()));
      }, 60_000);

      beforeEach(async () => {
        watched = await openPage(browser, `${demo.url}/?q=congress`, { viewport: { width: 1500, height: 1000 } });
        await watched.page.getByText('Live', { exact: true }).waitFor();
        await watched.page.locator('article').first().waitFor();
      }, 30_000);

      afterEach(async () => {
        await watched.close();
        expect(watched.complaints).toEqual([]);
      });

      const room = () => watched.page.getByRole('complementary', { name: 'Machine room' });
      const press = (name: string | RegExp) => room().getByRole('button', { name }).first().click();
      /** The text of the experiment's card once it is over. */
      const outcome = async (timeout = EXPERIMENT_MS) => {
        const card = room().locator('.outcome', { hasText: 'Over.' });
        await card.waitFor({ timeout });
        const figure = async (name: string) =>
          Number.parseInt((await card.locator('.figures div', { hasText: name }).locator('dd').textContent())!, 10);
        return { text: (await card.textContent())!, figure };
      };

      it('shows nodes, index, outbox and limits, and axe complains of nothing', async () => {
        const { page } = watched;
        expect(await room().locator('.node', { hasText: 'of the keys' }).count()).toBe(3);
        await room().getByText('green').waitFor();
        await room().getByText(`${demo.env['DEMO_PREFIX']}-passages-v1-`).waitFor();
        await room()
          .getByText(/of 100000 left for you/)
          .first()
          .waitFor();
        expect(await accessibilityProblems(page)).toEqual([]);
        // Narrower, it stands above the facets, and both can be used.
        await page.setViewportSize({ width: 1100, height: 900 });
        await page.getByRole('checkbox').first().check();
        await page.waitForURL(/party=/);
        await page.getByRole('button', { name: 'Clear the filters' }).click();
        expect(await accessibilityProblems(page)).toEqual([]);
        await page.setViewportSize({ width: 390, height: 844 });
        expect(await accessibilityProblems(page)).toEqual([]);
        await page.emulateMedia({ colorScheme: 'dark' });
        expect(await accessibilityProblems(page)).toEqual([]);
        // The button puts it away, and the page remembers.
        await page.getByRole('button', { name: 'Machine room' }).click();
        expect(await room().count()).toBe(0);
        await page.reload();
        await page.locator('article').first().waitFor();
        expect(await room().count()).toBe(0);
      }, 60_000);

      it.each(['Freeze', 'Kill'])(
        '%s: a node of memcached is missed by nobody, and used again when it is back',
        async (fault) => {
          const node = own.at(-1)!.server.address;
          const card = room().locator('.node', { hasText: node.replace('127.0.0.1', '') });
          // The addresses of a removed president are not missed either: a client gets that there are none.
          await fetch(`${demo.url}/presidents/1`, { method: 'DELETE' });
          await press(`${fault} node ${node}`);
          await card.getByText('is down').waitFor();
          const { figure, text } = await outcome();
          expect(text).toContain('Its keys are misses');
          expect(await figure('requests')).toBeGreaterThan(5);
          expect(await figure('failures')).toBe(0);
          await press(`Revive node ${node}`);
          await card.getByText('answers').waitFor();
          await room().getByText(`Node ${node} is back`).first().waitFor();
          expect(await (await outcome()).figure('failures')).toBe(0);
          await fetch(`${demo.url}/presidents/1/restore`, { method: 'POST' });
        },
        90_000,
      );

      it('sends a burst, of which the limit lets 20 through', async () => {
        await press('Send a burst of 60');
        const { text } = await outcome();
        const [, passed, refused] = /(\d+) were let through, (\d+) refused/.exec(text)!.map(Number);
        expect(passed! + refused!).toBe(60);
        expect(passed).toBeGreaterThanOrEqual(20);
        expect(refused).toBeGreaterThan(20);
        expect(text).toMatch(/It goes on in (a second|\d+ seconds)\./);
      }, 60_000);

      it('changes the party of a president, whose passages follow, and changes it back', async () => {
        await press(/president’s party/);
        await room()
          .getByText(/have followed to Whig after/)
          .waitFor({ timeout: 30_000 });
        const { text, figure } = await outcome();
        expect(text).toMatch(/All \d+ passages of George Washington have followed to no party/);
        expect(await figure('failures')).toBe(0);
        await room()
          .getByText(/The outbox has written \d+ documents/)
          .first()
          .waitFor();
      }, 90_000);

      it('removes a president, whose passages leave and come back, and takes back what others have edited', async () => {
        await press('Remove a president');
        await room()
          .getByText(/passages of John Adams have left the search/)
          .waitFor({ timeout: 30_000 });
        const { text, figure } = await outcome();
        expect(text).toMatch(/All [1-9]\d* passages of John Adams left the search, and were found again/);
        expect(await figure('failures')).toBe(0);
        const body = JSON.stringify({ party: 'Whig' });
        await fetch(`${demo.url}/presidents/3`, {
          method: 'PATCH',
          headers: { 'content-type': 'application/json' },
          body,
        });
        await press('Reset the data');
        await room().getByText('One president is as at first again').waitFor({ timeout: 30_000 });
        await outcome();
        await press('Reset the data');
        await room().getByText('Nothing had been edited').waitFor({ timeout: 30_000 });
      }, 90_000);

      it('migrates the mapping under load, and rolls it back', async () => {
        await press('Migrate the mapping');
        const after = await outcome(MIGRATION_MS);
        expect(after.text).toMatch(/“corsair” found 0 passages before, and finds [1-9]\d* now/);
        expect(await after.figure('failures')).toBe(0);
        await press('Roll it back');
        await room().getByText('Back to the old mapping').waitFor();
        const back = await outcome(MIGRATION_MS);
        expect(back.text).toMatch(/“corsair” found [1-9]\d* passages before, and finds 0 now/);
        expect(await back.figure('failures')).toBe(0);
      }, 400_000);

      it('takes OpenSearch away for ten seconds: a sentence says so, and what was typed is found when it is back', async () => {
        const { page } = watched;
        await press('Take OpenSearch away');
        await page.getByRole('combobox', { name: 'Search the addresses' }).fill('treaty');
        const alert = page.getByRole('main').getByRole('alert');
        await alert.waitFor();
        expect(await alert.textContent()).toMatch(
          /^The search engine does not answer\. The page tries again by itself\./,
        );
        await alert.waitFor({ state: 'detached', timeout: 30_000 });
        await page.locator('mark', { hasText: /treat/i }).first().waitFor();
        await page.waitForURL(/q=treaty/);
        const { text, figure } = await outcome();
        expect(text).toContain('searches are answered again');
        expect(await figure('longest')).toBeLessThan(15_000);
      }, 120_000);

      it.each(['Freeze', 'Kill'])(
        '%s: while OpenSearch is gone, addresses are shown, and searches go on after it',
        async (fault) => {
          const { page } = watched;
          await press(`${fault} OpenSearch`);
          await page
            .getByRole('combobox', { name: 'Search the addresses' })
            .fill(fault === 'Kill' ? 'commerce' : 'militia');
          const alert = page.getByRole('main').getByRole('alert');
          await alert.waitFor();
          await page.locator('article h2 button').first().click();
          await page.getByRole('dialog').locator('.text p').first().waitFor();
          expect(await page.getByRole('dialog').locator('aside .problem').textContent()).toContain('search engine');
          await page.keyboard.press('Escape');
          await press('Revive OpenSearch');
          // A killed OpenSearch starts anew, on a machine that has much to do.
          await alert.waitFor({ state: 'detached', timeout: MIGRATION_MS });
          await page.locator('mark').first().waitFor();
        },
        300_000,
      );

      it.each(['Freeze', 'Kill'])(
        '%s: while PostgreSQL is gone, searches go on, and an address comes when it is back',
        async (fault) => {
          const { page } = watched;
          await press(`${fault} PostgreSQL`);
          await room().getByText('Changes that wait').waitFor();
          const field = page.getByRole('combobox', { name: 'Search the addresses' });
          await field.fill('indians');
          await page
            .locator('mark', { hasText: /indian/i })
            .first()
            .waitFor();
          // Of the last addresses, which no probe has put into the cache.
          await page.goto(`${demo.url}/?q=congress#address-${fault === 'Kill' ? 21 : 22}`);
          const dialog = page.getByRole('dialog');
          const problem = dialog.getByRole('alert');
          await problem.waitFor({ timeout: 30_000 });
          expect(await problem.textContent()).toBe('The database does not answer. The page tries again by itself.');
          await page.keyboard.press('Escape');
          await press('Revive PostgreSQL');
          await page.goto(`${demo.url}/?q=congress#address-${fault === 'Kill' ? 21 : 22}`);
          await page.getByRole('dialog').locator('.text p').first().waitFor({ timeout: EXPERIMENT_MS });
          await room().getByText('no answer').first().waitFor({ state: 'detached', timeout: 30_000 });
        },
        240_000,
      );
    });
  });
});
