import type { MikroORM } from '@mikro-orm/postgresql';
import type { SearchService } from '@rookery/search';
import { Book, UNREADABLE } from './models.js';

/** Makes rows readable that no release could read. @returns how many there were */
export async function mend(orm: MikroORM, search: SearchService): Promise<number> {
  const rows = await orm.em
    .fork()
    .getConnection()
    .execute<{ id: number }[]>('update book set state = ? where state = ? returning id', ['mended', UNREADABLE]);
  for (const { id } of rows) await search.sync.touch(Book, id);
  return rows.length;
}
