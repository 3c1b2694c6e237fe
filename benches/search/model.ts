import { MikroORM } from '@mikro-orm/postgresql';
import { Entity, Enum, ManyToOne, PrimaryKey, Property, ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import type { Rel } from '@mikro-orm/core';
import { Indexed, SearchField, SearchService, type SearchEngine, type SearchRepository } from '@rookery/search';

export enum Party {
  Whig = 'Whig',
  Republican = 'Republican',
}

@Entity()
export class President {
  @PrimaryKey() id!: number;
  @SearchField({ type: 'keyword' }) @Property({ type: 'string' }) name!: string;
  @SearchField() @Enum(() => Party) party!: Party;
}

@Entity()
@Indexed({ name: 'passages' })
export class Passage {
  @PrimaryKey() id!: number;
  @SearchField({ analyzer: 'english', fields: { raw: { type: 'keyword' } } }) @Property({ type: 'text' }) text!: string;
  @SearchField() @Property({ type: 'integer' }) year!: number;
  @SearchField() @Property({ type: 'datetime' }) heldAt!: Date;
  @SearchField() @Property({ type: 'boolean' }) quoted!: boolean;
  @SearchField({ type: 'geo_point' }) @Property({ type: 'json' }) at!: { lat: number; lon: number };
  @SearchField({ include: ['name', 'party'] }) @ManyToOne(() => President) president!: Rel<President>;
}

/** Passages on any engine, without a database. */
export function passagesOn(engine: SearchEngine): SearchRepository<Passage> {
  const orm = new MikroORM({
    entities: [President, Passage],
    dbName: 'none',
    metadataProvider: ReflectMetadataProvider,
  });
  return new SearchService(orm, { engine, sync: 'manual', createIndices: false }).repository(Passage);
}
