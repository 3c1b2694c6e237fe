import { describeWith, describeWithProgram } from '@rookery/services';
import type { Browser } from 'playwright-core';
import { accessibilityProblems, openPage, startBrowser, type WatchedPage } from './browser.js';
import { deleteIndices, type DemoUnderTest, ownEnvironment, startDemoUnderTest } from './demo-under-test.js';
import { until } from './until.js';

describeWith('postgres', 'the page', (postgres) => {
  describeWith('opensearch', 'of the demo', (opensearch) => {
    describeWithProgram('chromium', 'in a browser', (chromium) => {
      let demo: DemoUnderTest;
      let browser: Browser;
      let watched: WatchedPage;

      beforeAll(async () => {
        const env = ownEnvironment({ postgres, opensearch, memcached: '127.0.0.1:9' });
        const limits = { API_LIMIT: '100000/1m', SEARCH_LIMIT: '100000/1m' };
        [demo, browser] = await Promise.all([startDemoUnderTest({ ...env, ...limits }), startBrowser(chromium)]);
      }, 60_000);

      afterAll(async () => {
        await browser?.close();
        await demo?.remove();
        if (demo !== undefined) await deleteIndices(demo.env);
      });

      const open = async (path = '/', options = {}) => {
        watched = await openPage(browser, demo.url + path, options);
        await watched.page.locator('article').first().waitFor();
        return watched.page;
      };
      const status = () => watched.page.getByRole('status').first();
      const total = async () => Number((await status().textContent())!.replace(/\D/g, ''));

      afterEach(async () => {
        await watched.close();
        expect(watched.complaints).toEqual([]);
      });

      it('finds passages as one types, marks the words, and keeps the search in its address', async () => {
        const page = await open();
        const everything = await total();
        await page.getByRole('combobox', { name: 'Search the addresses' }).pressSequentially('public debt');
        await page.waitForURL(/\?q=public\+debt$/);
        await page.locator('mark', { hasText: 'debt' }).first().waitFor();
        expect(await total()).toBeLessThan(everything);
        await page.getByRole('combobox', { name: 'How to read the words' }).selectOption('phrase');
        await page.waitForURL(/mode=phrase/);
        await page.goBack();
        await page.waitForURL(/\?q=public\+debt$/);
        await page.goBack();
        await page.waitForURL((url) => url.search === '');
        await status()
          .filter({ hasText: everything.toLocaleString('en') })
          .waitFor();
      });

      it('offers parties, presidents, decades and years, several at once, and counts what else there is', async () => {
        const page = await open();
        const everything = await total();
        const countOf = async (name: RegExp) =>
          Number(
            (await page.locator('.choice', { hasText: name }).locator('.count').textContent())!.replace(/\D/g, ''),
          );
        const [federalist, republican] = [await countOf(/^Federalist/), await countOf(/^Democratic-Republican/)];

        await page.getByRole('checkbox', { name: /^Federalist/ }).check();
        await until(total, (found) => found === federalist);
        expect(await countOf(/^Democratic-Republican/)).toBe(republican);
        await page.getByRole('checkbox', { name: /^Democratic-Republican/ }).check();
        await until(total, (found) => found === federalist + republican);
        await page.waitForURL(/party=Federalist&party=Democratic-Republican/);

        await page.getByRole('checkbox', { name: /^John Adams/ }).check();
        await until(total, (found) => found === federalist);
        await page.getByRole('button', { name: 'Clear the filters' }).click();
        await until(total, (found) => found === everything);

        await page.getByRole('button', { name: '1790s' }).click();
        await page.waitForURL(/years=(1790)?-1799/);
        await until(total, (found) => found < everything && found > federalist);
        await page.getByLabel('From').fill('1798');
        await page.keyboard.press('Tab');
        await until(total, (found) => found < federalist && found > 0);
        await page.getByRole('button', { name: 'All years' }).click();
        await until(total, (found) => found === everything);
      });

      it('brushes years on the histogram', async () => {
        const page = await open();
        const everything = await total();
        const { x, y, width, height } = (await page.locator('.histogram .u-over').boundingBox())!;
        await page.mouse.move(x, y + height / 2);
        await page.mouse.down();
        await page.mouse.move(x + width * 0.05, y + height / 2, { steps: 5 });
        await page.mouse.up();
        await page.waitForURL(/years=/);
        await until(total, (found) => found > 0 && found < everything);
      });

      it('suggests presidents and addresses, which the keyboard chooses', async () => {
        const page = await open();
        const field = page.getByRole('combobox', { name: 'Search the addresses' });
        await field.pressSequentially('wash');
        await page.getByRole('option', { name: /George Washington/ }).waitFor();
        await field.press('ArrowDown');
        expect(await page.locator('li[aria-selected=true]').textContent()).toMatch(/^George Washington/);
        await field.press('Enter');
        await page.waitForURL(/\?president=1$/);
        expect(await field.inputValue()).toBe('');
        expect(await page.getByRole('listbox').isHidden()).toBe(true);
        await field.fill('union 1791');
        await page.getByRole('option', { name: /State of the Union 1791/ }).click();
        await page.getByRole('heading', { name: 'State of the Union 1791' }).waitFor();
        await page.keyboard.press('Escape');
        await page.waitForURL((url) => url.hash === '');
      });

      it('offers another spelling where nothing is found', async () => {
        watched = await openPage(browser, `${demo.url}/?q=public+treasurry`);
        const { page } = watched;
        await page.getByText('Nothing was found').waitFor();
        await page.getByRole('button', { name: 'public treasury' }).click();
        await page.waitForURL(/q=public\+treasury/);
        await page.locator('article').first().waitFor();
      });

      it('shows the whole address at its passage, and others about the same, each with an address of its own', async () => {
        const page = await open('/?q=public+debt');
        await page.locator('article h2 button').first().click();
        await page.waitForURL(/#address-\d+-\d+$/);
        const dialog = page.getByRole('dialog');
        await dialog.locator('.found').waitFor();
        expect(await dialog.locator('.found').isVisible()).toBe(true);
        expect(await dialog.locator('.text p').count()).toBeGreaterThan(5);
        expect(await accessibilityProblems(page)).toEqual([]);
        const first = page.url();
        await dialog.getByRole('complementary').getByRole('button').first().click();
        await page.waitForURL((url) => url.href !== first);
        await page.goBack();
        await page.waitForURL(first);
        await dialog.getByRole('button', { name: 'Close' }).click();
        await dialog.waitFor({ state: 'detached' });
      });

      it('goes on by the cursor of the page before, and begins at the page of its address', async () => {
        const page = await open('/?q=congress');
        const asked: string[] = [];
        page.on('request', (request) => asked.push(new URL(request.url()).search));
        await page.getByRole('button', { name: 'Show more' }).click();
        await page.waitForURL(/page=2/);
        await until(
          () => page.locator('article').count(),
          (count) => count === 20,
        );
        expect(asked.filter((search) => search.includes('cursor='))).toHaveLength(1);
        const texts = await page.locator('article .passage').allTextContents();
        expect(new Set(texts).size).toBe(20);
        await page.reload();
        await page.locator('article').first().waitFor();
        await page.getByRole('button', { name: 'Show those before' }).click();
        await until(
          () => page.locator('article .passage').allTextContents(),
          (shown) => JSON.stringify(shown) === JSON.stringify(texts),
        );
      });

      it('marks words, and runs nothing that stands in a text or in its address', async () => {
        watched = await openPage(
          browser,
          `${demo.url}/?q=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E&party=%3Cb%3E&years=x&page=-1`,
        );
        await watched.page.getByRole('alert').waitFor();
        expect(await watched.page.locator('img').count()).toBe(0);
      });

      it('allows no script or style but its own', async () => {
        watched = await openPage(browser, demo.url);
        const answer = await fetch(demo.url);
        const policy = answer.headers.get('content-security-policy')!;
        expect(policy).toContain("default-src 'none'");
        expect(policy).not.toMatch(/unsafe|https?:|data:|\*/);
        expect(await answer.text()).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
        const script = /src="\.(\/assets\/[^"]+\.js)"/.exec(await (await fetch(demo.url)).text())![1]!;
        expect((await fetch(demo.url + script)).headers.get('cache-control')).toContain('immutable');
        expect((await fetch(`${demo.url}/assets/none.js`)).status).toBe(404);
        expect((await fetch(demo.url, { method: 'POST' })).status).toBe(404);
      });

      it('paints its head before any script has come or any request to the API is sent', async () => {
        const context = await browser.newContext();
        const page = await context.newPage();
        watched = { page, complaints: [], close: () => context.close() };
        const held: string[] = [];
        await page.route(
          () => true,
          (route, request) => {
            if (['document', 'stylesheet'].includes(request.resourceType())) return route.continue();
            held.push(new URL(request.url()).pathname); // For good: it is not answered.
          },
        );
        await page.goto(demo.url, { waitUntil: 'commit' });
        await until(
          () => page.evaluate(() => performance.getEntriesByName('first-contentful-paint').length),
          (paints) => paints === 1,
        );
        expect(await page.getByRole('heading', { level: 1 }).isVisible()).toBe(true);
        expect(held.filter((path) => !path.startsWith('/assets/'))).toEqual([]);
      });

      it('shows so in a sentence while the application is away, keeps what was typed, and finds it afterwards', async () => {
        const page = await open('/?q=congress');
        const { port } = new URL(demo.url);
        await demo.stop();
        await page.getByRole('combobox', { name: 'Search the addresses' }).fill('treaty');
        const alert = page.getByRole('alert');
        await alert.waitFor();
        expect(await alert.textContent()).toMatch(
          /^The application does not answer\. The page tries again by itself\./,
        );
        demo = await startDemoUnderTest({ ...demo.env, PORT: port });
        await alert.waitFor({ state: 'detached', timeout: 30_000 });
        await page.locator('mark', { hasText: /treat/i }).first().waitFor();
        expect(await page.getByRole('combobox', { name: 'Search the addresses' }).inputValue()).toBe('treaty');
      }, 60_000);

      it.each([
        ['light', {}],
        ['dark', { colorScheme: 'dark' }],
        ['on a phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
      ])('has nothing that axe complains of, %s', async (_name, options) => {
        const page = await open('/?q=public+debt', options);
        expect(await accessibilityProblems(page)).toEqual([]);
      });
    });
  });
});
