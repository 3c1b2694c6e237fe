import { describeWith } from '@rookery/services';
import type { EntityManager } from '@mikro-orm/core';
import { startSearch, until, type Running } from '../running.js';
import { Scroll, SCROLLS, Shelf } from './entities.js';

describeWith('postgres', 'documents with faults', () =>
  describeWith('opensearch', 'in the relay', () => {
    let running: Running;
    let em: EntityManager;
    beforeAll(async () => {
      running = await startSearch('postgres', { relay: { pollMs: 20, maxAttempts: 2 } }, SCROLLS);
      em = running.orm.em.fork();
      const shelf = em.create(Shelf, { id: 1, room: 'east', floor: 1 });
      for (let id = 1; id <= 3; id += 1) em.create(Scroll, { id, title: `title ${id}`, shelf });
      await em.flush();
      await running.search.settled();
    }, 60_000);
    afterAll(() => running.stop(), 60_000);

    const source = async (id: number, index?: string) =>
      (await running.search.repository(Scroll, index).get(id))?.source;

    it('parks a document whose getter throws, with the reason, while the others go on; a change revives it', async () => {
      const scrolls = await em.find(Scroll, {});
      for (const scroll of scrolls) scroll.title = scroll.id === 2 ? '' : `changed ${scroll.id}`;
      await em.flush();
      await running.search.settled();
      expect([(await source(1))?.title, (await source(2))?.title, (await source(3))?.title]).toEqual([
        'changed 1',
        'title 2',
        'changed 3',
      ]);
      await until(async () => {
        await em.getConnection().execute('update search_outbox set available_at = 0');
        return (await running.search.backlog()).deadLetters === 2;
      });
      const parked = { key: 2, attempts: 2, reason: expect.stringContaining('a title has no initial') as string };
      expect(await running.search.deadLetters()).toMatchObject([parked, parked]);

      scrolls.find(({ id }) => id === 2)!.title = 'again';
      await em.flush();
      await running.search.settled();
      expect(await source(2)).toMatchObject({ title: 'again', initial: 'a' });
      expect(await running.search.backlog()).toMatchObject({ pending: 0, deadLetters: 0 });
    }, 60_000);

    it('parks a document whose `document` hook throws in its index alone, with the reason', async () => {
      const scroll = await em.findOneOrFail(Scroll, 3);
      scroll.title = 'unspeakable';
      await em.flush();
      await running.search.settled();
      expect(await source(3, 'scrolls')).toMatchObject({ title: 'unspeakable' });
      await until(async () => {
        await em.getConnection().execute('update search_outbox set available_at = 0');
        return (await running.search.backlog()).deadLetters === 1;
      });
      expect(await running.search.deadLetters()).toMatchObject([
        { alias: `${running.prefix}-summaries`, key: 3, reason: expect.stringContaining('no summary of it') as string },
      ]);
      scroll.title = 'spoken';
      await em.flush();
      await running.search.settled();
      expect(await source(3, 'summaries')).toMatchObject({ title: 'spoken' });
      expect(await running.search.backlog()).toMatchObject({ pending: 0, deadLetters: 0 });
    }, 60_000);

    it('embeds an entity that is not @Indexed, with types inferred from the ORM, and follows its changes', async () => {
      const [index] = await running.engine.readIndices(`${running.prefix}-scrolls`);
      expect(index!.mappings.properties['shelf']!.properties).toMatchObject({
        room: { type: 'text' },
        floor: { type: 'integer' },
        dusted: { type: 'date' },
      });
      (await em.findOneOrFail(Shelf, 1)).room = 'west';
      await em.flush();
      await running.search.settled();
      expect((await source(3))?.shelf).toMatchObject({ room: 'west', floor: 1 });
      await expect(running.search.sync.touch(Shelf, 1)).resolves.toBeUndefined();
      expect(() => running.search.repository(Shelf)).toThrow('Decorate the class with @Indexed()');
    }, 60_000);
  }),
);
