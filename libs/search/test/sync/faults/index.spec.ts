import { describeWith } from '@rookery/services';
import { SearchService } from '@rookery/search';
import { Book } from '../entities.js';
import { engineOf, startSearch, until, type Running } from '../running.js';

const NOTHING = { settings: {}, mappings: { dynamic: false, properties: {} } } as const;

describeWith('postgres', 'an index with faults', () =>
  describeWith('opensearch', 'under a relay', () => {
    let running: Running;
    let alias: string;
    beforeEach(async () => {
      running = await startSearch('postgres', { relay: { pollMs: 20 } });
      alias = `${running.prefix}-books`;
      await write(1, 'first');
      await running.search.settled();
    }, 60_000);
    afterEach(() => running.stop(), 60_000);

    async function write(id: number, title: string): Promise<void> {
      const em = running.orm.em.fork();
      const book = await em.findOne(Book, id);
      if (book) book.title = title;
      else em.create(Book, { id, title });
      await em.flush();
    }
    const title = async (id: number) => (await running.search.repository(Book).get(id))?.source.title;
    const told = () => until(() => running.events.some(({ type }) => type === 'publish-delayed'));
    const reason = (): string => {
      const event = running.events.find(({ type }) => type === 'publish-delayed');
      return event?.type === 'publish-delayed' ? String(event.error) : '';
    };

    it.each(['index.blocks.read_only_allow_delete', 'index.blocks.write'])(
      'waits while %s blocks it, parks nothing, and goes on when that is lifted',
      async (block) => {
        const [live] = await running.engine.readIndices(alias);
        await running.engine.putSettings(live!.index, { [block]: true });
        await write(1, 'blocked');
        await write(2, 'blocked too');
        await told();
        expect(reason()).toMatch(/blocked/);
        expect(await running.search.backlog()).toMatchObject({ pending: 2, deadLetters: 0 });
        expect(await title(1)).toBe('first');
        await running.engine.putSettings(live!.index, { [block]: null });
        await running.search.settled({ timeoutMs: 30_000 });
        expect([await title(1), await title(2)]).toEqual(['blocked', 'blocked too']);
        expect(running.events.map(({ type }) => type)).toEqual(['publish-delayed', 'publish-resumed']);
      },
      90_000,
    );

    it('waits while the alias stands for no index, instead of making one, and goes on when it is back', async () => {
      const [live] = await running.engine.readIndices(alias);
      await running.engine.updateAliases([{ remove: { index: live!.index, alias } }]);
      await write(1, 'without alias');
      await told();
      expect(reason()).toContain(alias);
      expect(await running.engine.readIndices(alias)).toEqual([]);
      await running.engine.updateAliases([{ add: { index: live!.index, alias } }]);
      await running.search.settled({ timeoutMs: 30_000 });
      expect(await title(1)).toBe('without alias');
    }, 90_000);

    it('refuses to start on two indices behind the alias, an index of its name, or indices that lost it, with the remedy', async () => {
      const another = (): SearchService =>
        new SearchService(running.orm, { engine: engineOf(), prefix: running.prefix, sync: 'outbox', relay: false });
      await running.engine.createIndex(`${alias}-v2-0badcafe`, { ...NOTHING, aliases: { [alias]: {} } });
      await expect(another().start()).rejects.toThrow(
        'is several indices behind one alias. Remove the alias from all but one',
      );
      for (const { index } of await running.engine.readIndices(alias))
        await running.engine.updateAliases([{ remove: { index, alias } }]);
      await expect(another().start()).rejects.toThrow(
        /has no alias.*Give the alias to the one that holds the documents/,
      );
      for (const { index } of await running.engine.readIndices(`${alias}-*`)) await running.engine.deleteIndex(index);
      await running.engine.createIndex(alias, NOTHING);
      await expect(another().start()).rejects.toThrow('has the name that the alias needs. Change the `prefix`');
    }, 90_000);
  }),
);
