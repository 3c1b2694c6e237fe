import { Collection } from '@mikro-orm/core';
import { Entity, Enum, OneToMany, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { SearchField } from '@rookery/search';
import { Address } from './address.entity.js';
import { PARTIES, type Party } from './party.js';

@Entity({ tableName: 'president' })
export class President {
  /** Given by the data set's order, as all ids here: a reload gives the same ids. */
  @PrimaryKey({ type: 'integer', autoincrement: false })
  id!: number;

  @SearchField({ type: 'text', fields: { typed: { type: 'search_as_you_type' }, whole: { type: 'keyword' } } })
  @Property({ type: 'string', length: 100, unique: true })
  name!: string;

  @Enum({ items: () => [...PARTIES] })
  party!: Party;

  /** Set: removed. The row stays, so that it can come back; nobody finds its addresses meanwhile. */
  @Property({ type: 'datetime', columnType: 'timestamptz', nullable: true })
  deletedAt: Date | null = null;

  @OneToMany({ entity: () => Address, mappedBy: 'president' })
  addresses = new Collection<Address>(this);
}
