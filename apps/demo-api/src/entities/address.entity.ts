import { Collection, type Rel } from '@mikro-orm/core';
import { Entity, ManyToOne, OneToMany, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { SearchField } from '@rookery/search';
import { Passage } from './passage.entity.js';
import { President } from './president.entity.js';

@Entity({ tableName: 'address' })
export class Address {
  @PrimaryKey({ type: 'integer', autoincrement: false })
  id!: number;

  @Property({ type: 'integer', index: true })
  year!: number;

  @SearchField({ fields: { typed: { type: 'search_as_you_type' } } })
  @Property({ type: 'string', length: 200 })
  title!: string;

  @ManyToOne({ entity: () => President })
  president!: Rel<President>;

  @OneToMany({ entity: () => Passage, mappedBy: 'address', orderBy: { position: 'asc' } })
  passages = new Collection<Passage>(this);
}
