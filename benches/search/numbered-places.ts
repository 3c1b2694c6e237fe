import type { Opt } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { MikroORM } from '@mikro-orm/postgresql';
import { Indexed, SearchField } from '@rookery/search';

/** A small row, as many of it as are wanted. */
@Entity({ tableName: 'place' })
@Indexed({ name: 'places', settings: { number_of_shards: 1 } })
export class NumberedPlace {
  @PrimaryKey({ type: 'integer', autoincrement: false }) id!: number;
  @SearchField() @Property({ type: 'text' }) name!: string;
  @SearchField() @Property({ type: 'integer' }) population: number & Opt = 0;
}

/** Creates the tables, and rows with the ids from 1 to `count`. */
export async function createPlaces(orm: MikroORM, count: number): Promise<void> {
  await orm.schema.create();
  await orm.em
    .getConnection()
    .execute(
      `insert into place (id, name, population) select n, 'place number ' || n, n from generate_series(1, ${count}) n`,
    );
}

/** A transaction that changes one of them. */
export async function changePlace(orm: MikroORM, id: number): Promise<void> {
  const em = orm.em.fork();
  (await em.findOneOrFail(NumberedPlace, id)).population += 1;
  await em.flush();
}
