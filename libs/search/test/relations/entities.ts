import { Collection, type Opt, type Rel } from '@mikro-orm/core';
import {
  Embeddable,
  Embedded,
  Entity,
  ManyToMany,
  ManyToOne,
  OneToMany,
  OneToOne,
  PrimaryKey,
  Property,
} from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField, searchEntities } from '@rookery/search';

@Entity()
export class Region {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) name!: string;
}

@Entity()
export class Country {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) name!: string;
  @ManyToOne(() => Region, { nullable: true }) region?: Rel<Region> | null;
}

@Embeddable()
export class Place {
  @Property({ type: 'string' }) city!: string;
  @ManyToOne(() => Country, { nullable: true }) country?: Rel<Country> | null;
}

/** Its products by a pivot entity, its shifts by a condition, its country inside an embeddable, its licence at the other side. */
@Entity()
@Indexed({ name: 'shops', settings: { number_of_shards: 1 } })
export class Shop {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'string' }) name!: string;

  @SearchField({ include: ['city', 'country.name', 'country.region.name'] })
  @Embedded(() => Place)
  place!: Place;

  @SearchField({ include: ['label'] })
  @ManyToMany({ entity: () => Product, pivotEntity: () => Stock })
  products = new Collection<Product>(this);

  @SearchField({ include: ['amount', 'product.label'] })
  @OneToMany(() => Stock, (stock) => stock.shop, { orphanRemoval: true })
  stocks = new Collection<Stock>(this);

  @SearchField({ include: ['hour'] })
  @OneToMany({
    entity: () => Shift,
    mappedBy: 'shop',
    where: { open: true, worker: { active: true } },
    orderBy: { rank: 'asc' },
  })
  shifts = new Collection<Shift>(this);

  @SearchField({ include: ['number'] })
  @OneToOne({ entity: () => Licence, mappedBy: 'shop', nullable: true })
  licence?: Rel<Licence> | null;

  @SearchField({ include: ['name', 'parent.name'] })
  @ManyToOne(() => Shop, { nullable: true })
  parent?: Rel<Shop> | null;

  @SearchField({ include: ['name'] })
  @OneToMany(() => Shop, (shop) => shop.parent, { orderBy: { id: 'asc' } })
  branches = new Collection<Shop>(this);

  @SearchField({ include: ['name'] })
  @ManyToMany({ entity: () => Shop, pivotTable: 'friends' })
  friends = new Collection<Shop>(this);

  @SearchField({ include: ['name'] })
  @ManyToMany(() => Shop, (shop) => shop.friends)
  friendOf = new Collection<Shop>(this);
}

@Entity()
export class Product {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) label!: string;
  @ManyToMany(() => Shop, (shop) => shop.products) shops = new Collection<Shop>(this);
}

@Entity()
export class Stock {
  @PrimaryKey() id!: number;
  @ManyToOne(() => Shop, { deleteRule: 'cascade' }) shop!: Rel<Shop>;
  @ManyToOne(() => Product, { deleteRule: 'cascade' }) product!: Rel<Product>;
  @Property({ type: 'integer', default: 0 }) amount: number & Opt = 0;
}

@Entity()
export class Worker {
  @PrimaryKey() id!: number;
  @Property({ type: 'boolean', default: true }) active: boolean & Opt = true;
}

@Entity()
export class Shift {
  @PrimaryKey() id!: number;
  @Property({ type: 'integer' }) hour!: number;
  @Property({ type: 'integer', default: 0 }) rank: number & Opt = 0;
  @Property({ type: 'boolean', default: true }) open: boolean & Opt = true;
  @ManyToOne(() => Worker) worker!: Rel<Worker>;
  @ManyToOne(() => Shop, { nullable: true, deleteRule: 'cascade' }) shop?: Rel<Shop> | null;
}

@Entity()
export class Licence {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) number!: string;
  @OneToOne({ entity: () => Shop, owner: true, nullable: true, deleteRule: 'cascade' }) shop?: Rel<Shop> | null;
}

export const ENTITIES = [Region, Country, Place, Shop, Product, Stock, Worker, Shift, Licence, ...searchEntities];
