import { Collection, type Opt, type Rel } from '@mikro-orm/core';
import {
  Embeddable,
  Embedded,
  Entity,
  Enum,
  ManyToMany,
  ManyToOne,
  OneToMany,
  PrimaryKey,
  Property,
} from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField } from '@rookery/search';

export enum Party {
  Whig = 'Whig',
  Republican = 'Republican',
  Democratic = 'Democratic',
}

@Entity()
export class President {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) name!: string;
  @Enum(() => Party) party!: Party;
  /** In no document. */
  @Property({ type: 'string', nullable: true }) note?: string;
  @OneToMany(() => Address, (address) => address.president) addresses = new Collection<Address>(this);
}

@Embeddable()
export class Place {
  @SearchField({ type: 'keyword' }) @Property({ type: 'string' }) city!: string;
  @Property({ type: 'string', nullable: true }) room?: string;
}

@Entity()
@Indexed()
export class Address {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'integer' }) year!: number;
  @SearchField() @Property({ type: 'datetime' }) heldAt!: Date;
  @SearchField() @Embedded(() => Place) place!: Place;
  @SearchField({ include: ['id', 'name', 'party'] }) @ManyToOne(() => President) president!: Rel<President>;
  @SearchField({ include: ['text'] })
  @OneToMany(() => Passage, (passage) => passage.address, { orphanRemoval: true })
  passages = new Collection<Passage>(this);
}

@Entity()
export class Topic {
  @PrimaryKey() id!: number;
  @SearchField({ type: 'keyword' }) @Property({ type: 'string' }) label!: string;
  @ManyToMany(() => Passage, (passage) => passage.topics) passages = new Collection<Passage>(this);
}

@Entity()
@Indexed({ name: 'passages', settings: { number_of_shards: 1 } })
export class Passage {
  @PrimaryKey() id!: number;
  @SearchField({ analyzer: 'english', fields: { raw: { type: 'keyword', ignoreAbove: 256 } } })
  @Property({ type: 'text' })
  text!: string;
  @SearchField() @Property({ type: 'integer' }) position!: number;
  @SearchField() @Property({ type: 'boolean', default: false }) quoted: Opt<boolean> = false;
  /** In no document. */
  @Property({ type: 'string', nullable: true }) remark?: string;
  @SearchField({ include: ['id', 'year', 'heldAt', 'president.name', 'president.party'] })
  @ManyToOne(() => Address)
  address!: Rel<Address>;
  @SearchField({ include: ['label'] }) @ManyToMany(() => Topic) topics = new Collection<Topic>(this);
}

export const ENTITIES = [President, Place, Address, Topic, Passage];
