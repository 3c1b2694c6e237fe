import type { Rel } from '@mikro-orm/core';
import { Embeddable, Embedded, Entity, Enum, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField } from '@rookery/search';
import { describeWith } from '@rookery/services';
import { startSearch, type Running } from './harness.js';

enum Colour {
  Red = 'red',
}

@Embeddable()
class Size {
  @Property({ type: 'integer' }) width!: number;
  @Property({ type: 'integer' }) height!: number;
}

@Entity()
class Maker {
  @PrimaryKey({ type: 'uuid' }) id!: string;
  @Property({ type: 'string' }) first!: string;
  @Property({ type: 'string' }) last!: string;
  @SearchField({ type: 'keyword' }) get initials(): string {
    return `${this.first[0]}${this.last[0]}`;
  }
}

@Entity()
@Indexed()
class Sample {
  @PrimaryKey({ type: 'uuid' }) id!: string;
  @SearchField() @Property({ type: 'bigint' }) big!: bigint;
  @SearchField() @Property({ type: 'decimal', precision: 10, scale: 2 }) price!: string;
  @SearchField() @Property({ type: 'double' }) ratio!: number;
  @SearchField() @Property({ type: 'datetime' }) at!: Date;
  @SearchField() @Property({ type: 'date' }) day!: string;
  @SearchField() @Enum(() => Colour) colour!: Colour;
  @SearchField() @Property({ type: 'uuid' }) code!: string;
  @SearchField() @Property({ type: 'json' }) extra!: Record<string, unknown>;
  @SearchField({ type: 'keyword' }) @Property({ type: 'array' }) tags!: string[];
  @SearchField() @Property({ type: 'blob' }) bytes!: Buffer;
  @SearchField() @Property({ type: 'string', nullable: true }) missing?: string | null;
  @SearchField() @Embedded(() => Size) size!: Size;
  @SearchField() @Embedded(() => Size, { object: true }) box!: Size;
  @Property({ type: 'integer' }) hidden!: number;
  @SearchField({ type: 'integer' }) get doubled(): number {
    return this.hidden * 2;
  }
  @SearchField({ include: ['initials'] }) @ManyToOne(() => Maker) maker!: Rel<Maker>;
}

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'documents of every kind of property', () => {
    let running: Running;
    const id = '6f9619ff-8b86-4011-b42d-00cf4fc964ff';
    beforeAll(async () => {
      running = await startSearch({}, [Maker, Size, Sample]);
      const em = running.orm.em.fork();
      const maker = em.create(Maker, { id, first: 'Ada', last: 'Lovelace' } as never);
      em.create(Sample, {
        id,
        big: 9007199254740993n,
        price: '12.50',
        ratio: 0.5,
        at: new Date(Date.UTC(2020, 1, 2)),
        day: '1999-12-31',
        colour: Colour.Red,
        code: id,
        extra: { deep: { n: 1 } },
        tags: ['a', 'b'],
        bytes: Buffer.from('rook'),
        missing: null,
        size: { width: 1, height: 2 },
        box: { width: 3, height: 4 },
        hidden: 21,
        maker,
      } as never);
      await em.flush();
      await running.search.settled();
    }, 30_000);
    afterAll(() => running.stop(), 30_000);

    const samples = () => running.search.repository(Sample);

    it('are as the field table says', async () => {
      expect((await samples().get(id))?.source).toEqual({
        big: '9007199254740993',
        price: '12.50',
        ratio: 0.5,
        at: '2020-02-02T00:00:00.000Z',
        day: '1999-12-31',
        colour: 'red',
        code: id,
        extra: { deep: { n: 1 } },
        tags: ['a', 'b'],
        bytes: 'cm9vaw==',
        missing: null,
        size: { width: 1, height: 2 },
        box: { width: 3, height: 4 },
        doubled: 42,
        maker: { initials: 'AL' },
      });
    });

    it('are found by each of them', async () => {
      const page = await samples()
        .query()
        .filter((q) => [
          q.term('big', 9007199254740993n),
          q.range('price', { gte: '12.4', lt: '12.6' }),
          q.term('at', new Date(Date.UTC(2020, 1, 2))),
          q.term('day', '1999-12-31'),
          q.term('colour', Colour.Red),
          q.term('code', id),
          q.term('extra.deep.n', 1),
          q.terms('tags', ['b']),
          q.term('size.width', 1),
          q.term('box.height', 4),
          q.term('doubled', 42),
          q.term('maker.initials', 'AL'),
        ])
        .mustNot((q) => q.exists('missing'))
        .search();
      expect(page.total).toBe(1);
    });

    it('follow any column of an entity whose getter is indexed, and parts of embeddables and JSON', async () => {
      const em = running.orm.em.fork();
      const sample = await em.findOneOrFail(Sample, id, { populate: ['maker'] });
      sample.hidden = 4;
      sample.maker.last = 'Byron';
      sample.size.width = 9;
      sample.box.height = 8;
      sample.extra['deep'] = { n: 2 };
      await em.flush();
      await running.search.settled({ refresh: false });
      expect((await samples().get(id))?.source).toMatchObject({
        doubled: 8,
        maker: { initials: 'AB' },
        size: { width: 9, height: 2 },
        box: { width: 3, height: 8 },
        extra: { deep: { n: 2 } },
      });
      expect(running.events).toEqual([]);
    });
  }),
);
