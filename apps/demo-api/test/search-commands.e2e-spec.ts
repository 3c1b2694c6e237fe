import { describeWith } from '@rookery/services';
import { runScript } from './command.js';
import { deleteIndices, type DemoUnderTest, ownEnvironment, startDemoUnderTest } from './demo-under-test.js';

describeWith('postgres', 'npm run search', (postgres) => {
  describeWith('opensearch', 'beside a running demo', (opensearch) => {
    let demo: DemoUnderTest;
    const search = (...args: string[]) => runScript('search.ts', args, demo.env);

    beforeAll(async () => {
      demo = await startDemoUnderTest(ownEnvironment({ postgres, opensearch, memcached: '127.0.0.1:9' }));
    }, 60_000);

    afterAll(async () => {
      await demo?.remove();
      if (demo !== undefined) await deleteIndices(demo.env);
    });

    it('reports that the index fits the model, and what waits', async () => {
      expect(await search('plan', '--check')).toMatchObject({
        code: 0,
        out: expect.stringMatching(/passages \(.+\): none/) as string,
      });
      expect(await search('status')).toMatchObject({
        code: 0,
        out: expect.stringContaining('0 dead letters') as string,
      });
      expect(await search('dead-letters', '--check')).toMatchObject({ code: 0 });
    }, 120_000);

    it('finds documents that are gone, and writes them again', async () => {
      const query = JSON.stringify({ query: { term: { id: 7 } } });
      await fetch(`${opensearch}/${demo.env['DEMO_PREFIX']}-passages/_delete_by_query?refresh=true`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: query,
      });
      expect(await search('verify', 'passages')).toMatchObject({
        code: 1,
        out: expect.stringContaining('1 documents differ') as string,
      });
      expect(await search('repair', 'passages')).toMatchObject({
        code: 0,
        out: expect.stringContaining('repaired 1 missing') as string,
      });
      expect((await search('verify')).code).toBe(0);
    }, 120_000);

    it('is not needed for a new model at a start, which migrates by itself', async () => {
      const synonyms = { ...demo.env, DEMO_SYNONYMS: 'corsair, pirate' };
      const started = await runScript('main.ts', [], { ...synonyms, PORT: '0' }, /Ctrl-C/);
      expect(started).toMatchObject({
        code: 0,
        out: expect.stringContaining('migrating the index of the passages') as string,
      });
      expect(await runScript('search.ts', ['plan', '--check'], synonyms)).toMatchObject({
        code: 0,
        out: expect.stringMatching(/-v2-.+: none/) as string,
      });
    }, 120_000);

    it('names what is missing where no demo runs', async () => {
      const nowhere = await runScript('search.ts', ['plan'], {
        POSTGRES_URL: '',
        OPENSEARCH_URL: '',
        MEMCACHED_SERVERS: '',
      });
      expect(nowhere).toMatchObject({ code: 1, err: expect.stringContaining('npm run demo') as string });
    }, 60_000);
  });
});
