import { describeWith } from '@rookery/services';
import type { PresidentDto } from '../src/presidents/president.dto.js';
import type { Problem } from '../src/problem/problem.js';
import type { ResetAnswer } from '../src/reset/reset.dto.js';
import type { SearchAnswer } from '../src/search/search-answer.js';
import type { Suggestions } from '../src/suggest/suggest.dto.js';
import { deleteIndices, type DemoUnderTest, ownEnvironment, startDemoUnderTest } from './demo-under-test.js';
import { DemoClient } from './http.js';
import { until } from './until.js';

const ADAMS = { id: 2, name: 'John Adams', party: 'Federalist' } as const;
const ADDRESS_OF_ADAMS = 9;
const OTHER_ADDRESS = 13;

describeWith('postgres', 'edits', (postgres) => {
  describeWith('opensearch', 'that search follows', (opensearch) => {
    describeWith('memcached', 'and the cache', (memcached) => {
      let demo: DemoUnderTest;
      let client: DemoClient;
      let before: SearchAnswer;

      beforeAll(async () => {
        demo = await startDemoUnderTest({
          ...ownEnvironment({ postgres, opensearch, memcached }),
          API_LIMIT: '100000/1m',
          SEARCH_LIMIT: '100000/1m',
        });
        client = new DemoClient(demo.url);
        before = await everything();
      }, 60_000);

      afterAll(async () => {
        await demo?.remove();
        if (demo !== undefined) await deleteIndices(demo.env);
      });

      afterEach(async () => {
        expect((await reset()).status).toBe(200);
        await searchIsAsBefore();
      }, 30_000);

      const reset = () => client.edit<ResetAnswer>('POST', '/reset');
      const remove = (id: number = ADAMS.id) => client.edit<Problem>('DELETE', `/presidents/${id}`);
      const restore = (id: number = ADAMS.id) => client.edit<PresidentDto>('POST', `/presidents/${id}/restore`);
      const passagesOf = async (id: number) => (await client.search({ presidentId: String(id), size: '1' })).body.total;
      const everything = async () => (await client.search({ facets: 'wide', size: '50' })).body;
      const lines = async (path: string) => (await (await fetch(demo.url + path)).text()).trimEnd().split('\n');
      const parsed = async <Line>(path: string) => (await lines(path)).map((line) => JSON.parse(line) as Line);
      const shownBy = ({ facets, hits }: SearchAnswer) =>
        JSON.stringify([facets, hits.map(({ president }) => president)]);
      const searchIsAsBefore = () => until(everything, (found) => shownBy(found) === shownBy(before));

      it('hide what a removed president said from search and from every other route, and bring it back', async () => {
        const own = await passagesOf(ADAMS.id);
        expect(own).toBeGreaterThan(10);
        await client.cachedAddress(ADDRESS_OF_ADAMS);

        expect((await remove()).status).toBe(204);
        expect(await client.address(ADDRESS_OF_ADAMS)).toMatchObject({ status: 404 });
        expect((await client.get(`/addresses/${ADDRESS_OF_ADAMS}/similar`)).status).toBe(404);
        type Spoken = Readonly<{ president: PresidentDto }>;
        expect((await parsed<Spoken>('/addresses/export')).filter((line) => line.president.id === ADAMS.id)).toEqual(
          [],
        );
        const without = await until(everything, ({ total }) => total === before.total - own);
        expect(without.facets.president.map(({ name }) => name)).not.toContain(ADAMS.name);
        expect((await parsed<Spoken>('/export')).filter((line) => line.president.id === ADAMS.id)).toEqual([]);
        expect((await client.get<Suggestions>('/suggest?q=john+a')).body.presidents).toEqual([]);
        const similar = await client.get<{ hits: Spoken[] }>(`/addresses/${OTHER_ADDRESS}/similar?size=20`);
        expect(similar.body.hits.map((hit) => hit.president.id)).not.toContain(ADAMS.id);

        expect(await restore()).toMatchObject({ status: 200, body: ADAMS });
        expect((await client.address(ADDRESS_OF_ADAMS)).body.president).toEqual(ADAMS);
        const { total, facets } = await until(everything, (found) => found.total === before.total);
        expect([total, facets]).toEqual([before.total, before.facets]);
      }, 60_000);

      it('of a removed president are those of one that is not there, save the one that restores it', async () => {
        expect((await remove()).status).toBe(204);
        expect(await remove()).toMatchObject({ status: 404, body: { detail: 'There is no president 2.' } });
        expect((await client.change(ADAMS.id, { party: 'Whig' })).status).toBe(404);
        // The name is kept for when it comes back.
        expect((await client.change(1, { name: ADAMS.name })).status).toBe(409);
        for (let time = 0; time < 2; time += 1) expect(await restore()).toMatchObject({ status: 200, body: ADAMS });
        for (const edit of [remove, restore]) expect((await edit(999)).status).toBe(404);
      }, 30_000);

      it('leave an index that the next start finds whole while a president is removed', async () => {
        await remove();
        await until(
          () => passagesOf(ADAMS.id),
          (found) => found === 0,
        );
        const again = await startDemoUnderTest(demo.env);
        await again.stop();
        expect(again.printed).toBe('');
        expect(await passagesOf(ADAMS.id)).toBe(0);
      }, 30_000);

      it('are all taken back by a reset, names that were exchanged and removals too', async () => {
        await client.change(1, { name: 'Nobody' });
        await client.change(3, { name: 'George Washington', party: 'Whig' });
        await client.change(1, { name: 'Thomas Jefferson' });
        await remove();
        await client.address(OTHER_ADDRESS);
        await until(everything, ({ facets }) => facets.party.some(({ party }) => party === 'Whig'));

        const [one, other] = await Promise.all([reset(), reset()]);
        expect([one.status, other.status, one.body.presidents + other.body.presidents]).toEqual([200, 200, 3]);
        expect((await client.address(OTHER_ADDRESS)).body.president.name).toBe('Thomas Jefferson');
        expect((await client.address(ADDRESS_OF_ADAMS)).body.president).toEqual(ADAMS);
        await searchIsAsBefore();
        expect(await everything()).toEqual(before);
        expect((await reset()).body).toEqual({ presidents: 0 });
      }, 60_000);

      it.each([
        ['DELETE', '/presidents/2'],
        ['POST', '/presidents/2/restore'],
        ['POST', '/reset'],
      ])('need the token of an editor, and have no body: %s %s', async (method, path) => {
        const { status, headers } = await fetch(demo.url + path, { method });
        expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
        const { status: refused, body } = await client.edit<Problem>(method, path, { party: 'Whig' });
        expect([refused, body.detail]).toEqual([400, `${method} ${path} accepts no body.`]);
        expect(await passagesOf(ADAMS.id)).toBeGreaterThan(0);
      });
    });
  });
});
