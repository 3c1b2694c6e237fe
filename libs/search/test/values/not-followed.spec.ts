import { Entity, Formula, PrimaryKey } from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField } from '@rookery/search';
import { describeWith } from '@rookery/services';
import { startSearch, type Running } from '../harness.js';

@Entity()
@Indexed()
class Clock {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @SearchField() @Formula('extract(epoch from clock_timestamp())', { type: 'double' }) at?: number;
}

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'what is not followed', () => {
    let running: Running;
    beforeAll(async () => void (running = await startSearch({}, [Clock])), 30_000);
    afterAll(() => running.stop(), 30_000);

    it('a formula of the time stays as it was until its row is touched', async () => {
      const em = running.orm.em.fork();
      em.create(Clock, { id: 1 });
      await em.flush();
      await running.search.settled();
      const read = async () => (await running.search.repository(Clock).get(1))!.source.at!;
      const first = await read();
      await running.search.settled();
      expect(await read()).toBe(first);
      await running.search.sync.touch(Clock, [1]);
      await running.search.settled();
      expect(await read()).toBeGreaterThan(first);
    });
  }),
);
