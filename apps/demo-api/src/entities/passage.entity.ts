import { OptionalProps, type Rel } from '@mikro-orm/core';
import { Entity, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField } from '@rookery/search';
import { Address } from './address.entity.js';

/** What `GET /search` finds: a part of an address, with all that a hit shows of the address and its president. */
@Entity({ tableName: 'passage' })
@Indexed({ name: 'passages', settings: { number_of_shards: 1, number_of_replicas: 0 } })
export class Passage {
  [OptionalProps]?: 'decade';

  @SearchField({ type: 'integer' })
  @PrimaryKey({ type: 'integer', autoincrement: false })
  id!: number;

  @SearchField({ include: ['id', 'year', 'title', 'president.id', 'president.name', 'president.party'] })
  @ManyToOne({ entity: () => Address, index: true })
  address!: Rel<Address>;

  /** Place in the address, from 0. */
  @Property({ type: 'integer' })
  position!: number;

  @SearchField({ analyzer: 'english' })
  @Property({ type: 'text' })
  text!: string;

  /** Such as `1860s`. */
  @SearchField({ type: 'keyword' })
  get decade(): string {
    return `${this.address.year - (this.address.year % 10)}s`;
  }
}
