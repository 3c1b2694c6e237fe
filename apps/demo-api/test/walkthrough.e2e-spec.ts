import { describeWith } from '@rookery/services';
import { runScript } from './command.js';
import { startProxy } from './proxy.js';
import { deleteIndices, type DemoUnderTest, ownEnvironment, startDemoUnderTest } from './demo-under-test.js';

describeWith('postgres', 'the walk-through', (postgres) => {
  describeWith('opensearch', 'on a running demo', (opensearch) => {
    let demo: DemoUnderTest;

    beforeAll(async () => {
      const env = ownEnvironment({ postgres, opensearch, memcached: '127.0.0.1:9' });
      demo = await startDemoUnderTest({
        ...env,
        SEARCH_LIMIT: '1000000/1m',
        API_LIMIT: '1000000/1m',
        SEARCH_TIMEOUT_MS: '20000',
      });
    }, 60_000);

    afterAll(async () => {
      await demo?.remove();
      if (demo !== undefined) await deleteIndices(demo.env);
    });

    it('changes a mapping and changes it back, while no request fails', async () => {
      const { code, out, err } = await runScript('walkthrough/main.ts', [], {
        ...demo.env,
        DEMO_URL: demo.url,
        WALKTHROUGH_EVERY_MS: '60',
      });
      expect({ code, err }).toEqual({ code: 0, err: '' });
      const found = [...out.matchAll(/presidentId=1 finds (\d+) passages/g)].map(([, passages]) => Number(passages));
      expect(found).toEqual([expect.any(Number), 0, found[0]]);
      expect(found[0]).toBeGreaterThan(0);
      expect(out).toMatch(/needs a rebuild/);
      expect(out).toMatch(
        /finds 0 passages[^]*finds [1-9]\d* passages: .*<em>pirates?<\/em>[^]*finds 0 passages[^]*finds [1-9][^]*finds 0 passages/,
      );
      expect(out).toContain('passages: 0 documents differ');
      expect(out).not.toContain('WARN');
      const [, searches, writes] = /Meanwhile: (\d+) searches, 0 failed; (\d+) writes, 0 failed/.exec(out) ?? [];
      expect(Number(searches)).toBeGreaterThan(100);
      expect(Number(writes)).toBeGreaterThan(100);
    }, 300_000);

    it('tries again after a 503, and brings the index of before back when a step fails', async () => {
      let asked = 0;
      const inFront = await startProxy(demo.url, ({ url = '' }) => {
        if (!url.includes('q=corsair')) return undefined;
        asked += 1;
        return asked === 1 ? 503 : asked === 3 ? 500 : undefined;
      });
      const { code, err } = await runScript('walkthrough/main.ts', [], {
        ...demo.env,
        DEMO_URL: inFront.url,
        WALKTHROUGH_EVERY_MS: '500',
      });
      await inFront.close();
      expect({ code, err }).toEqual({
        code: 1,
        err: expect.stringMatching(/index of before is brought back[^]*answered 500/) as string,
      });
      const plan = await runScript('search.ts', ['plan', 'passages'], demo.env);
      expect(plan).toMatchObject({ code: 0, out: expect.stringMatching(/: none\n/) as string });
      const { total } = (await (await fetch(`${demo.url}/search?q=corsair`)).json()) as { total: number };
      expect(total).toBe(0);
    }, 300_000);

    it('prints what to do where no demo runs', async () => {
      const { code, err } = await runScript('walkthrough/main.ts', [], {});
      expect(code).toBe(1);
      expect(err).toContain('npm run demo');
      const wrong = await runScript('walkthrough/main.ts', [], { DEMO_URL: demo.url, WALKTHROUGH_EVERY_MS: 'often' });
      expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('(got "often")') as string });
    }, 30_000);
  });
});
