import { describeWith } from '@rookery/services';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Address, Party, Passage, President, Topic } from './entities.js';
import { seed } from './fixtures.js';
import { startSearch, type Running } from './harness.js';

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'documents follow commits', () => {
    let running: Running;
    let em: EntityManager;
    beforeAll(async () => {
      running = await startSearch();
    }, 30_000);
    beforeEach(async () => {
      await running.orm.schema.clear();
      await seed(running.orm.em.fork());
      await running.search.settled();
      em = running.orm.em.fork();
    }, 30_000);
    afterEach(() => {
      expect(running.events).toEqual([]);
    });
    afterAll(() => running.stop(), 30_000);

    const source = async (id: number) => (await running.search.repository(Passage).get(id))?.source;
    const version = async (id: number) => (await running.search.repository(Passage).get(id))?.version;
    const address = async (id: number) => (await running.search.repository(Address).get(id))?.source;
    const settled = () => running.search.settled({ refresh: false });

    it('after a create, an update and a delete in implicit flushes', async () => {
      em.create(Passage, { id: 7, text: 'new', position: 0, address: 1 });
      await em.flush();
      await settled();
      expect((await source(7))?.text).toBe('new');

      const passage = await em.findOneOrFail(Passage, 7);
      passage.text = 'changed';
      await em.flush();
      await settled();
      expect((await source(7))?.text).toBe('changed');

      await em.remove(passage).flush();
      await settled();
      expect(await source(7)).toBeUndefined();
    });

    it('after an explicit transaction, and not before it', async () => {
      await em.transactional(async (tx) => {
        (await tx.findOneOrFail(Passage, 1)).text = 'within';
        await tx.flush();
        await settled();
        expect((await source(1))?.text).toContain('preserved');
      });
      await settled();
      expect((await source(1))?.text).toBe('within');
    });

    it('with begin and commit', async () => {
      await em.begin();
      (await em.findOneOrFail(Passage, 1)).text = 'by hand';
      await em.commit();
      await settled();
      expect((await source(1))?.text).toBe('by hand');
    });

    it('never after a rollback', async () => {
      const before = await version(1);
      await expect(
        em.transactional(async (tx) => {
          (await tx.findOneOrFail(Passage, 1)).text = 'lost';
          tx.create(Passage, { id: 8, text: 'lost', position: 0, address: 1 });
          await tx.flush();
          throw new Error('no');
        }),
      ).rejects.toThrow('no');
      await settled();
      expect(await version(1)).toBe(before);
      expect(await source(8)).toBeUndefined();
    });

    it('after a released savepoint with its transaction, and without the one rolled back', async () => {
      const before = await version(2);
      await em.transactional(async (tx) => {
        await tx.transactional(async (inner) => {
          (await inner.findOneOrFail(Passage, 1)).text = 'released';
        });
        await settled();
        expect((await source(1))?.text).toContain('preserved');
        await tx
          .transactional(async (inner) => {
            (await inner.findOneOrFail(Passage, 2)).text = 'undone';
            await inner.flush();
            throw new Error('undo');
          })
          .catch(() => undefined);
      });
      await settled();
      expect((await source(1))?.text).toBe('released');
      expect(await version(2)).toBe(before);
    });

    it('when the whole transaction around a released savepoint is rolled back: nothing', async () => {
      const before = await version(1);
      await em
        .transactional(async (tx) => {
          await tx.transactional(async (inner) => {
            (await inner.findOneOrFail(Passage, 1)).text = 'lost';
          });
          throw new Error('no');
        })
        .catch(() => undefined);
      await settled();
      expect(await version(1)).toBe(before);
    });

    it("of a related entity: a president's new party reaches every passage and address that embeds it", async () => {
      const untouched = await version(1);
      (await em.findOneOrFail(President, 3)).party = Party.Republican;
      await em.flush();
      await settled();
      expect((await source(5))?.address.president.party).toBe('Republican');
      expect((await source(6))?.address.president.party).toBe('Republican');
      expect((await address(3))?.president.party).toBe('Republican');
      expect(await version(1)).toBe(untouched);
    });

    it('of a related entity only when an embedded column changed', async () => {
      const before = [await version(5), await version(1)];
      (await em.findOneOrFail(President, 3)).note = 'in no document';
      (await em.findOneOrFail(Passage, 1)).remark = 'in no document';
      await em.flush();
      await settled();
      expect([await version(5), await version(1)]).toEqual(before);
    });

    it('of a moved foreign key: the passage, the address that lost it and the one that has it', async () => {
      (await em.findOneOrFail(Passage, 1)).address = em.getReference(Address, 2);
      await em.flush();
      await settled();
      expect((await source(1))?.address.president.name).toBe('Abraham Lincoln');
      const texts = async (id: number) =>
        (await address(id))?.passages.map(({ text }) => text.split(' ', 2).join(' ')).sort();
      expect(await texts(1)).toEqual(['Commerce with']);
      expect(await texts(2)).toEqual(['In giving', 'The Union', 'The last']);
    });

    it('of a deleted child: the address that embedded it', async () => {
      await em.remove(await em.findOneOrFail(Passage, 1)).flush();
      await settled();
      expect((await address(1))?.passages).toHaveLength(1);
    });

    it('of orphan removal from a collection', async () => {
      const held = await em.findOneOrFail(Address, 1, { populate: ['passages'] });
      held.passages.remove(held.passages.getItems()[0]!);
      await em.flush();
      await settled();
      expect(await source(1)).toBeUndefined();
      expect((await address(1))?.passages).toHaveLength(1);
    });

    it('of many-to-many: an item added and removed on the owning side, and on the other', async () => {
      const passage = await em.findOneOrFail(Passage, 3, { populate: ['topics'] });
      passage.topics.add(em.getReference(Topic, 2));
      await em.flush();
      await settled();
      expect((await source(3))?.topics).toEqual([{ label: 'trade' }]);

      const other = running.orm.em.fork();
      const trade = await other.findOneOrFail(Topic, 2, { populate: ['passages'] });
      trade.passages.remove(trade.passages.getItems().find(({ id }) => id === 3)!);
      trade.passages.add(other.getReference(Passage, 1));
      await other.flush();
      await settled();
      expect((await source(3))?.topics).toEqual([]);
      expect((await source(1))?.topics.map(({ label }) => label).sort()).toEqual(['trade', 'union']);
    });

    it('of a deleted many-to-many item: the passages that had it', async () => {
      await em.remove(await em.findOneOrFail(Topic, 1)).flush();
      await settled();
      expect((await source(1))?.topics).toEqual([]);
      expect((await source(6))?.topics).toEqual([{ label: 'trade' }]);
    });

    it('of an embeddable', async () => {
      (await em.findOneOrFail(Address, 1)).place.city = 'Richmond';
      await em.flush();
      await settled();
      expect((await address(1))?.place).toEqual({ city: 'Richmond' });
    });

    it('after em.upsert, in and out of a transaction', async () => {
      await em.upsert(Passage, { id: 1, text: 'upserted', position: 0, quoted: false, address: 1 });
      await em.transactional((tx) => tx.upsert(President, { id: 2, name: 'A. Lincoln', party: Party.Republican }));
      await settled();
      expect((await source(1))?.text).toBe('upserted');
      expect((await source(3))?.address.president.name).toBe('A. Lincoln');
    });

    it('with the last state, when one document changes many times at once', async () => {
      const forks = Array.from({ length: 20 }, () => running.orm.em.fork());
      await Promise.all(
        forks.map(async (fork, at) => {
          (await fork.findOneOrFail(Passage, 1)).text = `state ${at}`;
          await fork.flush();
        }),
      );
      await settled();
      const row = await running.orm.em.fork().findOneOrFail(Passage, 1);
      expect((await source(1))?.text).toBe(row.text);
    });
  }),
);
