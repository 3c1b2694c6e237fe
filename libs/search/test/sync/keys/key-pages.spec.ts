import { Type } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { describeWith } from '@rookery/services';
import { Indexed, SearchField, searchEntities } from '@rookery/search';
import { plainKey } from '../../../src/rows/plain-key.js';
import { pagesInOrder } from '../../../src/rows/pages-in-order.js';
import { startSearch, type Running } from '../running.js';

class Upper extends Type<string, string> {
  override convertToDatabaseValue(value: string): string {
    return value.toLowerCase();
  }
  override convertToJSValue(value: string): string {
    return value.toUpperCase();
  }
  override getColumnType(): string {
    return 'varchar(50)';
  }
}

/** A table with keys of one kind. */
function kept(name: string, type: unknown, where?: object, column?: string) {
  @Entity({ tableName: `kept_${name}` })
  @Indexed({ name: `kept-${name}`, ...(where ? { where } : {}) })
  class Kept {
    @PrimaryKey({ type: type as never, autoincrement: false, ...(column ? { fieldName: column } : {}) }) id!: never;
    @SearchField() @Property({ type: 'text' }) text!: string;
  }
  Object.defineProperty(Kept, 'name', { value: `Kept${name}` });
  return Kept;
}

@Entity({ tableName: 'beast', discriminatorColumn: 'kind', abstract: true })
class Beast {
  @PrimaryKey({ type: 'integer', autoincrement: false }) id!: number;
  @Property({ type: 'string' }) kind!: string;
  @SearchField() @Property({ type: 'text' }) text!: string;
}
@Entity({ discriminatorValue: 'bird' })
@Indexed({ name: 'birds' })
class Bird extends Beast {}
@Entity({ discriminatorValue: 'fish' })
class Fish extends Beast {}

const UUIDS = ['00000000-0000-4000-8000-00000000000a', 'ffffffff-0000-4000-8000-000000000001'];

/** Kinds of keys, some rows of each in SQL, and whether they are read without entities. */
const KINDS: [name: string, entity: object, values: readonly string[], plain: boolean][] = [
  ['integer', kept('integer', 'integer'), ['-3', '0', '7', '10', '2147483647'], true],
  ['smallint', kept('smallint', 'smallint'), ['-3', '0', '7'], true],
  ['string', kept('string', 'string'), ["'a'", "'B'", "'ä'", "'a:b'", "''' or 1=1'", "'10'", "'9'"], true],
  ['another column', kept('column', 'integer', undefined, 'other name'), ['1', '2', '3'], true],
  ['bigint', kept('bigint', 'bigint'), ['9007199254740993', '-9007199254740993', '5'], false],
  ['uuid', kept('uuid', 'uuid'), UUIDS.map((id) => `'${id}'`), true],
  ['datetime', kept('datetime', 'datetime'), ["'2020-01-01T00:00:00Z'", "'1999-01-01T00:00:00Z'"], false],
  ['a type of its own', kept('own', Upper), ["'x'", "'y'", "'z'"], false],
  ['conditions', kept('where', 'integer', { text: { $ne: 'row 2' } }), ['1', '2', '3', '4', '5'], false],
  ['one class of a table', Bird, ['1', '2', '3', '4', '5'], false],
];

describeWith('postgres', 'keys', () =>
  describeWith('opensearch', 'read page by page', () => {
    let running: Running;
    beforeAll(async () => {
      const entities = [...KINDS.map(([, entity]) => entity), Beast, Fish, ...searchEntities];
      running = await startSearch('postgres', { sync: 'manual' }, entities);
      const connection = running.orm.em.fork().getConnection();
      for (const [, entity, values] of KINDS) {
        const { tableName, properties } = running.orm.getMetadata().get(entity as never);
        const column = (properties as Record<string, { fieldNames: string[] }>)['id']!.fieldNames[0];
        for (const [at, value] of values.entries())
          await connection.execute(
            entity === Bird
              ? `insert into beast (id, kind, text) values (${value}, '${at % 2 ? 'fish' : 'bird'}', 'row ${at}')`
              : `insert into "${tableName}" ("${column}", text) values (${value}, 'row ${at + 1}')`,
          );
      }
    }, 60_000);
    afterAll(() => running.stop(), 60_000);

    it.each(KINDS)('%s: as entities have them, in the same order', async (_name, entity, values, plain) => {
      const { reader } = running.search['assembly'].parts;
      const { model } = running.search['assembly'].registry.of(entity as never);
      const meta = running.orm.getMetadata().get(entity as never);
      expect(plainKey(model, meta as never) !== undefined).toBe(plain);
      const byEntities: unknown[] = [];
      const read = async (after: never) => ({ entities: await reader.pageAfter(model, after, 50) });
      for await (const { entities } of pagesInOrder(model, 50, read as never) as AsyncIterable<{ entities: object[] }>)
        byEntities.push(...entities.map((one) => (one as { id: unknown }).id));
      const paged: unknown[] = [];
      for await (const keys of reader.keyPages(model, 2)) paged.push(...keys);
      const text = (keys: unknown[]): string[] =>
        keys.map((key) => (key instanceof Date ? key.toISOString() : String(key)));
      expect(text(paged)).toEqual(text(byEntities));
      if (plain) expect(paged).toEqual(byEntities);
      expect(paged.length).toBe(values.length - (entity === Bird ? 2 : _name === 'conditions' ? 1 : 0));
    });
  }),
);
