import type { Rel } from '@mikro-orm/core';
import { Entity, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField } from '@rookery/search';
import { Address } from './address.entity.js';
import { OF_PRESENT_PRESIDENTS } from './present.js';
import { synonymsOf } from './synonyms.js';

/** Read here, not with the rest of the configuration: a mapping is made when its class is. */
const synonyms = synonymsOf(process.env['DEMO_SYNONYMS']);

/** What `GET /search` finds: a part of an address, with all that a hit shows of the address and its president. */
@Entity({ tableName: 'passage' })
@Indexed<Passage>({
  name: 'passages',
  where: { address: OF_PRESENT_PRESIDENTS },
  settings: { number_of_shards: 1, number_of_replicas: 0, ...synonyms.settings },
})
export class Passage {
  @SearchField({ type: 'integer' })
  @PrimaryKey({ type: 'integer', autoincrement: false })
  id!: number;

  @SearchField({ include: ['id', 'year', 'title', 'president.id', 'president.name', 'president.party'] })
  @ManyToOne({ entity: () => Address, index: true })
  address!: Rel<Address>;

  /** Place in the address, from 0. */
  @Property({ type: 'integer' })
  position!: number;

  /** By its stems, and by the words as they are written. */
  @SearchField({ analyzer: 'english', ...synonyms.text, fields: { plain: { type: 'text', analyzer: 'standard' } } })
  @Property({ type: 'text' })
  text!: string;
}
