import { MikroORM as AnyORM } from '@mikro-orm/core';
import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { describeWith } from '@rookery/services';
import { SearchRelayModule, SearchService } from '@rookery/search';
import { SearchHealthIndicator } from '@rookery/search/terminus';
import { Book } from './entities.js';
import { engineOf, startSearch, type Running } from './running.js';

describeWith('postgres', 'in Nest', () =>
  describeWith('opensearch', 'a worker', () => {
    let running: Running;
    beforeAll(async () => void (running = await startSearch('postgres', { relay: false })), 60_000);
    afterAll(() => running.stop(), 60_000);

    it('relays alone by SearchRelayModule, and Terminus shows the lag before and after', async () => {
      const em = running.orm.em.fork();
      em.create(Book, { id: 1, title: 'by the worker' });
      await em.flush();

      @Module({ providers: [{ provide: AnyORM, useValue: running.orm }], exports: [AnyORM] })
      class DatabaseModule {}
      const orm = { module: DatabaseModule, global: true };
      const options = { engine: engineOf(), prefix: running.prefix, relay: { pollMs: 20 } };
      const worker = await Test.createTestingModule({
        imports: [orm, TerminusModule, SearchRelayModule.forRoot(options)],
        providers: [SearchHealthIndicator],
      }).compile();
      const indicator = worker.get(SearchHealthIndicator);
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(await indicator.check('search', worker.get(SearchService), { maxLagMs: 0 })).toMatchObject({
        search: { status: 'down', pending: 1 },
      });
      await worker.init();
      await running.search.settled({ timeoutMs: 20_000 });
      expect((await running.search.repository(Book).get(1))?.source.title).toBe('by the worker');
      expect(await indicator.check('search', worker.get(SearchService), { maxLagMs: 0 })).toMatchObject({
        search: { status: 'up', pending: 0, deadLetters: 0 },
      });
      expect(worker.get(SearchService)).toBeDefined();
      await worker.close();
    }, 60_000);
  }),
);
