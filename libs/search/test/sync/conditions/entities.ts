import { Collection, type Opt, type Rel } from '@mikro-orm/core';
import { Entity, Filter, ManyToMany, ManyToOne, OneToMany, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField, searchEntities } from '@rookery/search';

@Entity()
export class Country {
  @PrimaryKey() id!: number;
  @Property({ type: 'boolean', default: true }) open: Opt<boolean> = true;
}

@Entity()
export class Seller {
  @PrimaryKey() id!: number;
  @Property({ type: 'boolean', default: true }) active: Opt<boolean> = true;
  /** In no document, and in no condition. */
  @Property({ type: 'string', nullable: true }) note?: string | null;
  @ManyToOne(() => Country, { nullable: true }) country?: Rel<Country> | null;
}

@Entity()
export class Tag {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) label!: string;
}

@Entity()
export class Review {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) text!: string;
  @Property({ type: 'boolean', default: true }) approved: Opt<boolean> = true;
  @ManyToOne(() => Product) product!: Rel<Product>;
  @ManyToOne(() => Seller, { nullable: true }) author?: Rel<Seller> | null;
}

/** One table in an index per kind of condition. */
@Entity()
@Filter({ name: 'kept', cond: { deletedAt: null }, default: true })
@Filter({ name: 'priced', cond: ({ least }) => ({ price: { $gte: least as number } }) })
@Indexed<Product>({ name: 'kept', where: { deletedAt: null } })
@Indexed<Product>({ name: 'of-active', where: { seller: { active: true, country: { open: true } } } })
@Indexed<Product>({
  name: 'tagged',
  where: { $or: [{ tags: { $some: { label: { $like: 'sale%' } } } }, { price: { $lt: 5 } }] },
})
@Indexed<Product>({ name: 'filtered', filters: { kept: true, priced: { least: 10 } } })
@Indexed<Product>({
  name: 'judged',
  when: ({ title, seller }) => {
    if (title === 'not to be judged') throw new Error('the judge is away');
    return title.length % 2 === 0 && seller.note !== 'hidden';
  },
  reads: ['seller.note'],
})
@Indexed<Product>({
  name: 'hooked',
  document: ({ price }, document) => (price > 50 ? undefined : document),
})
@Indexed<Product>({ name: 'routed', where: { deletedAt: null }, when: ({ price }) => price < 100, routing: 'seller' })
@Indexed<Product>({ name: 'reviewed' })
export class Product {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'text' }) title!: string;
  @Property({ type: 'integer', default: 20 }) price: Opt<number> = 20;
  @Property({ type: 'datetime', nullable: true }) deletedAt?: Date | null;
  @ManyToOne(() => Seller) seller!: Rel<Seller>;
  @ManyToMany(() => Tag) tags = new Collection<Tag>(this);
  @SearchField({
    in: 'reviewed',
    include: ['text'],
    where: { approved: true, $or: [{ author: null }, { author: { active: true } }] },
  })
  @OneToMany(() => Review, (review) => review.product)
  reviews = new Collection<Review>(this);
}

export const SHOP = [Country, Seller, Tag, Review, Product, ...searchEntities];

/** The same table as another release sees it, with another condition of one index. */
@Entity({ tableName: 'product' })
@Indexed<ProductLater>({ name: 'kept', where: { deletedAt: null, price: { $lt: 50 } } })
export class ProductLater {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'text' }) title!: string;
  @Property({ type: 'integer', default: 20 }) price: Opt<number> = 20;
  @Property({ type: 'datetime', nullable: true }) deletedAt?: Date | null;
}

export const SHOP_LATER = [ProductLater, ...searchEntities];

/** What each index should hold, in plain SQL. */
export const EXPECTED: Readonly<Record<string, string>> = {
  kept: 'deleted_at is null',
  'of-active':
    'exists (select 1 from seller s join country c on c.id = s.country_id where s.id = product.seller_id and s.active and c.open)',
  tagged: `price < 5 or exists (select 1 from product_tags pt join tag t on t.id = pt.tag_id where pt.product_id = product.id and t.label like 'sale%')`,
  filtered: 'deleted_at is null and price >= 10',
  judged:
    "length(title) % 2 = 0 and not exists (select 1 from seller s where s.id = product.seller_id and s.note = 'hidden')",
  hooked: 'price <= 50',
  routed: 'deleted_at is null and price < 100',
  reviewed: 'true',
};
