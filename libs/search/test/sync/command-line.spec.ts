import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describeWith } from '@rookery/services';
import { Book } from './entities.js';
import { startSearch, type Running } from './running.js';

const REGISTER = fileURLToPath(new URL('../../../../scripts/run-typescript.cjs', import.meta.url));
const SCRIPT = fileURLToPath(new URL('./command-line.ts', import.meta.url));

describeWith('postgres', 'command line', () =>
  describeWith('opensearch', 'of an application', () => {
    let running: Running;
    beforeAll(async () => {
      running = await startSearch('postgres', { relay: false });
      const em = running.orm.em.fork();
      for (let id = 1; id <= 3; id += 1) em.create(Book, { id, title: `title ${id}` });
      await em.flush();
    }, 60_000);
    afterAll(() => running.stop(), 60_000);

    const search = (...args: string[]): Promise<{ code: number; out: string; err: string }> =>
      new Promise((resolve) => {
        const options = [
          '--require',
          REGISTER,
          '--conditions=@rookery/source',
          '--disable-warning=ExperimentalWarning',
          SCRIPT,
          ...args,
        ];
        const env = { ...process.env, NODE_OPTIONS: '', CLI_DATABASE: running.dbName, CLI_PREFIX: running.prefix };
        const child = execFile(process.execPath, options, { env, timeout: 60_000 }, (error, out, err) =>
          resolve({ code: child.exitCode ?? -1, out, err }),
        );
        child.stdin?.end();
      });
    const lines = (out: string): unknown[] =>
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);

    it('prints plan and status, for people and as JSON', async () => {
      expect(await search('plan', 'books', '--check')).toMatchObject({
        code: 0,
        out: expect.stringContaining('books') as string,
      });
      const status = await search('status', '--json', '--max-lag', '0');
      expect(status).toMatchObject({ code: 1 });
      expect(lines(status.out)).toMatchObject([{ plan: { action: 'none' } }, { pending: 3, deadLetters: 0 }]);
    }, 120_000);

    it('verifies and repairs rows of a condition', async () => {
      const scoped = await search('verify', 'books', '--json', '--where', '{"id":{"$lte":2}}');
      expect(lines(scoped.out)).toMatchObject([{ key: '1', drift: 'missing' }, { key: '2' }, { differing: 2 }]);
      expect(await search('repair', 'books', '--where', '{"title":"none"}')).toMatchObject({
        code: 0,
        out: expect.stringContaining('0 missing') as string,
      });
      expect(await search('verify', 'books', '--where', '{"titel":"x"}')).toMatchObject({
        code: 1,
        err: expect.stringMatching(/verify\.where must be conditions .*Book\.titel/) as string,
      });
    }, 120_000);

    it('verifies with an exit code, and repairs', async () => {
      const verified = await search('verify', '--json');
      expect(verified.code).toBe(1);
      expect(lines(verified.out).at(-1)).toMatchObject({ differing: 3 });
      expect(await search('repair', 'books')).toMatchObject({
        code: 0,
        out: expect.stringContaining('3 missing') as string,
      });
      expect(await search('verify')).toMatchObject({ code: 0 });
    }, 120_000);

    it('asks before it deletes, and refuses where nobody can be asked', async () => {
      expect(await search('finish', 'books')).toMatchObject({
        code: 2,
        err: expect.stringContaining('--yes') as string,
      });
      expect(await search('finish', 'books', '--yes')).toMatchObject({
        code: 1,
        err: expect.stringContaining('no migration to finish') as string,
      });
      const forgotten = `${running.prefix}-books-v0-0a0b0c0d`;
      await running.engine.createIndex(forgotten, { mappings: { dynamic: 'strict', properties: {} }, settings: {} });
      expect(await search('prune')).toMatchObject({ code: 2, err: expect.stringContaining('--yes') as string });
      expect(await search('prune', 'books', '--yes')).toMatchObject({
        code: 0,
        out: expect.stringContaining(`deleted ${forgotten}`) as string,
      });
      expect(await search('prune', '--yes')).toMatchObject({
        code: 0,
        out: expect.stringContaining('deleted nothing') as string,
      });
      expect(await search('plan', 'nothing')).toMatchObject({
        code: 1,
        err: expect.stringContaining('must be one of books') as string,
      });
    }, 120_000);
  }),
);
