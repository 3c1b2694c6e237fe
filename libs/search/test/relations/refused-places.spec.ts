import { Collection, EntitySchema, type Rel } from '@mikro-orm/core';
import { Entity, ManyToMany, ManyToOne, OneToMany, OneToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/libsql';
import { Indexed, SearchField, type IndexedOptions } from '@rookery/search';
import { complaints, Image } from './refused.js';

@Entity()
class Slot {
  @PrimaryKey({ type: 'integer' }) day!: number;
  @PrimaryKey({ type: 'string' }) hour!: string;
}

/** Its whole key is one relation. */
@Entity()
class Booking {
  @OneToOne({ entity: () => Slot, primary: true, owner: true }) slot!: Rel<Slot>;
  @Property({ type: 'string' }) guest!: string;
}

const BOOKING =
  'holds the key of Booking, which is one relation (`slot`) to a key of several columns: of these the ORM reads the first alone. Give Booking a key of its own, and make that relation unique.';
const TARGET_KEY =
  'points at `name` (`targetKey`), and changes are followed by primary keys. Let it point at the primary key, or leave it out.';
const THROUGH =
  'is computed by the database (`through`), so that nobody sees when it changes. Include the collection that it picks from, or leave it out.';

/** Relations that cannot be followed, a column behind each, and the complaint about it. */
const RELATIONS = [
  ['booking', 'guest', BOOKING],
  ['image', 'size', TARGET_KEY],
  ['best', 'size', THROUGH],
] as const;

/** Where an index leads over a relation without embedding it. */
const PLACES: Readonly<Record<string, (relation: string, column: string) => object>> = {
  '`where`': (relation, column) => ({ where: { [relation]: { [column]: 1 } } }),
  'a group of `where`': (relation, column) => ({ where: { $or: [{ id: 1 }, { [relation]: { [column]: 1 } }] } }),
  '`reads`': (relation, column) => ({ document: () => ({}), reads: [`${relation}.${column}`] }),
};

function complaintsAboutVisits(options: object): readonly string[] {
  @Entity()
  @Indexed(options as IndexedOptions<Visit>)
  class Visit {
    @PrimaryKey() id!: number;
    @SearchField() @Property({ type: 'string' }) text!: string;
    @ManyToOne(() => Booking) booking!: Rel<Booking>;
    @ManyToOne({ entity: () => Image, targetKey: 'name' }) image!: Rel<Image>;
    @ManyToOne({ entity: () => Image, formula: (alias: unknown) => `${String(alias)}.best` } as never)
    best!: Rel<Image>;
  }
  return complaints(Image, Slot, Booking, Visit);
}

describe('a relation that cannot be followed is refused in', () => {
  it.each(Object.entries(PLACES))('%s', (_place, options) => {
    for (const [relation, column, says] of RELATIONS)
      expect(complaintsAboutVisits(options(relation, column))).toEqual([`Visit.${relation}: ${says}`]);
  });

  it('`routing`', () => {
    expect(complaintsAboutVisits({ routing: 'booking' })).toEqual([`Visit.booking: ${BOOKING}`]);
  });

  it('the `where` and the `orderBy` of a collection', () => {
    @Entity()
    @Indexed()
    class Guide {
      @PrimaryKey() id!: number;
      @SearchField({ include: ['text'] })
      @OneToMany(() => Tour, (tour: Tour) => tour.guide, { orderBy: { image: { size: 'asc' } } })
      tours = new Collection<Tour>(this);
      @SearchField({ include: ['text'], where: { booking: { guest: 'Ada' } } })
      @OneToMany(() => Tour, (tour: Tour) => tour.deputy)
      deputed = new Collection<Tour>(this);
    }
    @Entity()
    class Tour {
      @PrimaryKey() id!: number;
      @Property({ type: 'string' }) text!: string;
      @ManyToOne(() => Guide) guide!: Rel<Guide>;
      @ManyToOne(() => Guide) deputy!: Rel<Guide>;
      @ManyToOne(() => Booking) booking!: Rel<Booking>;
      @ManyToOne({ entity: () => Image, targetKey: 'name' }) image!: Rel<Image>;
    }
    expect(complaints(Image, Slot, Booking, Tour, Guide)).toEqual([
      `Tour.image: ${TARGET_KEY}`,
      `Tour.booking: ${BOOKING}`,
    ]);
  });

  it('`include`, from either side and of every kind', () => {
    @Entity()
    @Indexed({ name: 'stays' })
    class Stay {
      @OneToOne({ entity: () => Slot, primary: true, owner: true }) slot!: Rel<Slot>;
      @SearchField() @Property({ type: 'string' }) guest!: string;
      @SearchField({ include: ['text'] })
      @OneToMany(() => Bill, (bill: Bill) => bill.stay)
      bills = new Collection<Bill>(this);
      @SearchField({ include: ['text'] })
      @OneToOne(() => Bill, (bill: Bill) => bill.sole, { nullable: true })
      sole?: Rel<Bill> | null;
      @SearchField({ include: ['text'] }) @ManyToMany(() => Bill) shared = new Collection<Bill>(this);
    }
    @Entity()
    @Indexed({ name: 'bills' })
    class Bill {
      @PrimaryKey() id!: number;
      @Property({ type: 'string' }) text!: string;
      @SearchField({ include: ['guest'] }) @ManyToOne(() => Stay) stay!: Rel<Stay>;
      @SearchField({ include: ['guest'] })
      @OneToOne({ entity: () => Stay, owner: true, inversedBy: 'sole' })
      sole!: Rel<Stay>;
    }
    const says = BOOKING.replace('Booking', 'Stay').replace('Booking', 'Stay');
    expect(complaints(Slot, Stay, Bill)).toEqual(
      ['Stay.bills', 'Stay.sole', 'Stay.shared', 'Bill.stay', 'Bill.sole'].map((where) => `${where}: ${says}`),
    );
  });
});

it('of a whole key of several columns the other side is refused, and both of one to one', () => {
  @Entity()
  @Indexed({ name: 'desks' })
  class Desk {
    @PrimaryKey({ type: 'integer' }) room!: number;
    @PrimaryKey({ type: 'string' }) place!: string;
    @SearchField({ include: ['text'] })
    @OneToOne(() => Lamp, (lamp: Lamp) => lamp.desk, { nullable: true })
    lamp?: Rel<Lamp> | null;
    @SearchField({ include: ['text'] })
    @OneToMany(() => Plant, (plant: Plant) => plant.desk)
    plants = new Collection<Plant>(this);
  }
  @Entity()
  @Indexed({ name: 'lamps' })
  class Lamp {
    @SearchField({ include: ['room'] })
    @OneToOne({ entity: () => Desk, primary: true, owner: true, inversedBy: 'lamp' })
    desk!: Rel<Desk>;
    @SearchField() @Property({ type: 'string' }) text!: string;
  }
  @Entity()
  @Indexed({ name: 'plants' })
  class Plant {
    @SearchField({ include: ['room'] }) @ManyToOne({ entity: () => Desk, primary: true }) desk!: Rel<Desk>;
    @SearchField() @Property({ type: 'string' }) text!: string;
  }
  const says = (where: string, of: string): string =>
    `${where}: is a side of \`${of}.desk\`, which is a whole key of several columns: the ORM loads nothing over its other side. Give ${of} a key of its own, and make the relation unique.`;
  expect(complaints(Desk, Lamp, Plant).toSorted()).toEqual([
    says('Desk.lamp', 'Lamp'),
    says('Desk.plants', 'Plant'),
    says('Lamp.desk', 'Lamp'),
  ]);
});

describe('a relation that cannot be followed is accepted where', () => {
  it('its own column is compared, and nothing of the other row', () => {
    expect(complaintsAboutVisits({ where: { image: { $ne: null } } })).toEqual([]);
  });

  it('no index leads over it', () => {
    expect(complaintsAboutVisits({})).toEqual([]);
  });

  it('it is the key of the indexed entity', () => {
    @Entity()
    class Room {
      @PrimaryKey({ type: 'integer' }) house!: number;
      @PrimaryKey({ type: 'integer' }) number!: number;
      @OneToOne(() => Held, (held: Held) => held.room, { nullable: true }) held?: Rel<Held> | null;
    }
    @Entity()
    @Indexed()
    class Held {
      @OneToOne({ entity: () => Room, primary: true, owner: true, inversedBy: 'held' }) room!: Rel<Room>;
      @SearchField() @Property({ type: 'string' }) guest!: string;
    }
    expect(complaints(Room, Held)).toEqual([]);
  });
});

/** The reason of the refusal: once the ORM reads it, it can be followed. */
it('of a relation by a key that is one relation to a key of several columns the ORM reads the first alone', async () => {
  const id = { type: 'integer', primary: true, autoincrement: false } as const;
  const A = new EntitySchema({ name: 'A', properties: { x: id, y: id } });
  const B = new EntitySchema({
    name: 'B',
    properties: { a: { kind: '1:1', entity: () => 'A', primary: true } },
  } as never);
  const C = new EntitySchema({ name: 'C', properties: { id, b: { kind: 'm:1', entity: () => 'B' } } } as never);
  const orm = await MikroORM.init({ dbName: ':memory:', entities: [A, B, C] });
  await orm.schema.create();
  const em = orm.em.fork();
  em.create(
    'C' as never,
    { id: 1, b: em.create('B' as never, { a: em.create('A' as never, { x: 1, y: 2 } as never) } as never) } as never,
  );
  await em.flush();
  expect(await em.execute('select * from c')).toEqual([{ id: 1, b_a_x: 1, b_a_y: 2 }]);
  const [read] = await orm.em.fork().find<{ b: { a: { x: number; y?: number } } }>('C' as never, {});
  expect([read!.b.a.x, read!.b.a.y]).toEqual([1, undefined]);
  await orm.close(true);
});
