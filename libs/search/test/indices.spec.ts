import { describeWith } from '@rookery/services';
import { SearchIndexMismatchError, SearchService } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import type { MikroORM } from '@mikro-orm/postgresql';
import { Passage } from './entities.js';
import { createOrm, dropIndices, dropOrm, OPENSEARCH_URL, uniqueName } from './harness.js';

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'indices', () => {
    const engine = openSearch({ node: OPENSEARCH_URL });
    let orm: MikroORM;
    let prefix: string;
    beforeAll(async () => {
      orm = await createOrm();
    }, 30_000);
    beforeEach(() => {
      prefix = uniqueName();
    });
    afterEach(() => dropIndices(prefix));
    afterAll(async () => {
      await engine.close();
      await dropOrm(orm);
    }, 30_000);

    const service = () => new SearchService(orm, { engine, prefix, sync: 'manual' });
    const empty = { settings: {}, mappings: { dynamic: false, properties: {} } } as const;

    it('are created once, whoever is first', async () => {
      await Promise.all(Array.from({ length: 5 }, () => service().ensureIndices()));
      expect((await engine.readIndices(`${prefix}-*`)).map(({ aliases }) => aliases[0]).sort()).toEqual([
        `${prefix}-address`,
        `${prefix}-passages`,
      ]);
      await service().ensureIndices();
    });

    it('get back an alias that was lost', async () => {
      await service().ensureIndices();
      const [live] = await engine.readIndices(`${prefix}-passages`);
      await engine.updateAliases([{ remove: { index: live!.index, alias: `${prefix}-passages` } }]);
      await service().ensureIndices();
      expect(await engine.readIndices(`${prefix}-passages`)).toHaveLength(1);
    });

    it('made from another model are refused, with the command to run', async () => {
      await engine.createIndex(`${prefix}-passages-v1-other`, { ...empty, aliases: { [`${prefix}-passages`]: {} } });
      await expect(service().ensureIndices()).rejects.toThrow(
        /was made by another program\. Run `search migrate passages`/,
      );
    });

    it('that take the name of the alias are refused', async () => {
      await engine.createIndex(`${prefix}-passages`, empty);
      await expect(service().ensureIndices()).rejects.toThrow(/has the name that the alias needs/);
    });

    it('several behind one alias are refused', async () => {
      for (const name of ['a', 'b'])
        await engine.createIndex(`${prefix}-${name}`, { ...empty, aliases: { [`${prefix}-passages`]: {} } });
      await expect(service().ensureIndices()).rejects.toThrow(SearchIndexMismatchError);
    });

    it('that are not to be created are missing with a typed error, and are never made by a write', async () => {
      const passages = new SearchService(orm, { engine, prefix, sync: 'manual', createIndices: false }).repository(
        Passage,
      );
      await expect(passages.query().search()).rejects.toMatchObject({ code: 'SEARCH_NOT_FOUND' });
      await expect(passages.bulk([{ action: 'index', id: 1, document: {} }])).rejects.toMatchObject({
        code: 'SEARCH_BULK_FAILED',
      });
      expect(await engine.readIndices(`${prefix}-*`)).toEqual([]);
    });
  }),
);
