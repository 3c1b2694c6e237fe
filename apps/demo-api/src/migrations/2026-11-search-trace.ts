import { Migration } from '@mikro-orm/migrations';

/** A waiting change names the request that made it. Written only while requests are traced. */
export class AddSearchTrace extends Migration {
  override readonly name = '2026-11-search-trace';

  override up(): void {
    this.addSql('alter table search_outbox add column traceparent varchar(55) null');
  }

  override down(): void {
    this.addSql('alter table search_outbox drop column traceparent');
  }
}
