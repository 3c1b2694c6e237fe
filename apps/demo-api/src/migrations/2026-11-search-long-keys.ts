import { Migration } from '@mikro-orm/migrations';

/** Keys that are too long for the column of keys. */
export class AddSearchLongKeys extends Migration {
  override readonly name = '2026-11-search-long-keys';

  override up(): void {
    this.addSql('alter table search_outbox add column long_key text null');
  }

  override down(): void {
    this.addSql('alter table search_outbox drop column long_key');
  }
}
