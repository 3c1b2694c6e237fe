import { jest } from '@jest/globals';
import { describeWith } from '@rookery/services';
import { HealthIndicatorService } from '@nestjs/terminus';
import { runSearchCommand } from '@rookery/search/cli';
import { SearchHealthIndicator } from '@rookery/search/terminus';
import { Book } from './entities.js';
import { startSearch, type Running } from './running.js';

describeWith('postgres', 'changes that wait', () =>
  describeWith('opensearch', 'seen from outside', () => {
    let running: Running;
    afterEach(() => running.stop(), 60_000);

    it('are counted with the outbox, so that the health indicator tells too many', async () => {
      running = await startSearch('postgres', { relay: false });
      const em = running.orm.em.fork();
      for (let id = 1; id <= 3; id += 1) em.create(Book, { id, title: `title ${id}` });
      await em.flush();
      expect(await running.search.pending()).toBe(3);
      const indicator = new SearchHealthIndicator(new HealthIndicatorService());
      const check = (maxPending: number) => indicator.check('search', running.search, { maxPending });
      expect(await check(2)).toMatchObject({ search: { status: 'down', pending: 3 } });
      expect(await check(3)).toMatchObject({ search: { status: 'up', pending: 3 } });
    }, 60_000);

    it.each(['status', 'status --json', 'dead-letters --check', 'dead-letters --redrive', 'parked'])(
      'are shown by `search %s` without an outbox, with exit code 0',
      async (line) => {
        running = await startSearch('postgres', { sync: 'after-commit' });
        const written: string[] = [];
        const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
          written.push(String(text));
          return true;
        });
        try {
          expect(await runSearchCommand(running.search, line.split(' '))).toBe(0);
        } finally {
          write.mockRestore();
        }
        expect(written.join('')).toMatch(line.includes('--json') ? /"outbox":false/ : /no index has sync: 'outbox'/);
      },
      60_000,
    );
  }),
);
