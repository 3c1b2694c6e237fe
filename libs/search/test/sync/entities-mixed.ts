import type { Rel } from '@mikro-orm/core';
import { Entity, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField, searchEntities } from '@rookery/search';

@Entity()
export class Owner {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) name!: string;
}

/** One index per strategy; each embeds the owner. */
@Entity()
@Indexed({ name: 'ships', sync: 'outbox', settings: { number_of_shards: 1 } })
export class Ship {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'text' }) name!: string;
  @SearchField({ include: ['name'] }) @ManyToOne(() => Owner) owner!: Rel<Owner>;
}

@Entity()
@Indexed({ name: 'harbours', sync: 'after-commit', settings: { number_of_shards: 1 } })
export class Harbour {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'text' }) name!: string;
  @SearchField({ include: ['name'] }) @ManyToOne(() => Owner) owner!: Rel<Owner>;
}

@Entity()
@Indexed({ name: 'logs', settings: { number_of_shards: 1 } })
export class Log {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'text' }) name!: string;
  @SearchField({ include: ['name'] }) @ManyToOne(() => Owner) owner!: Rel<Owner>;
}

export const MIXED = [Owner, Ship, Harbour, Log, ...searchEntities];
