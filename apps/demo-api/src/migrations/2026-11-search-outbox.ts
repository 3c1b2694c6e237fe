import { Migration } from '@mikro-orm/migrations';

/** The tables of `searchEntities`: changes that wait for search, the clock of their versions, migrations of indices. */
export class CreateSearchOutbox extends Migration {
  override readonly name = '2026-11-search-outbox';

  override up(): void {
    this.addSql('create table search_clock (id int primary key, value bigint not null)');
    this.addSql(`create table search_outbox (
      id bigserial primary key,
      index_alias varchar(230) not null,
      path varchar(255) not null,
      row_key varchar(255) not null,
      created_at bigint not null,
      attempts int not null default 0,
      available_at bigint not null default '0',
      parked_at bigint null,
      reason text null
    )`);
    this.addSql('create index search_outbox_document on search_outbox (index_alias, row_key)');
    this.addSql(`create table search_migration (
      index_alias varchar(230) primary key,
      phase varchar(20) not null,
      old_index varchar(255) not null,
      new_index varchar(255) not null,
      old_hash varchar(64) null,
      new_hash varchar(64) not null,
      last_key varchar(255) null,
      done int not null default 0,
      total int not null default 0,
      started_at bigint not null,
      updated_at bigint not null,
      owner varchar(100) null,
      owned_until bigint not null default '0',
      inexact text null
    )`);
  }

  override down(): void {
    this.addSql('drop table search_outbox, search_clock, search_migration');
  }
}
