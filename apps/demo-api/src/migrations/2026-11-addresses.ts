import { Migration } from '@mikro-orm/migrations';

/** `if not exists`: databases of the demo's first days have these tables, and no table of migrations. */
export class CreateAddresses extends Migration {
  override readonly name = '2026-11-addresses';

  override up(): void {
    this.addSql(`create table if not exists president (
      id int primary key,
      name varchar(100) not null constraint president_name_unique unique,
      party text not null constraint president_party_check check (party in ('Democratic', 'Democratic-Republican', 'Federalist', 'National Union', 'Republican', 'Whig', 'Whig & Democratic', 'none'))
    )`);
    this.addSql(`create table if not exists address (
      id int primary key,
      year int not null,
      title varchar(200) not null,
      president_id int not null constraint address_president_id_foreign references president (id)
    )`);
    this.addSql('create index if not exists address_year_index on address (year)');
    this.addSql(`create table if not exists passage (
      id int primary key,
      address_id int not null constraint passage_address_id_foreign references address (id),
      position int not null,
      text text not null
    )`);
    this.addSql('create index if not exists passage_address_id_index on passage (address_id)');
  }
}
