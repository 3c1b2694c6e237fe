import { Migration } from '@mikro-orm/migrations';

export class AddRemovedPresidents extends Migration {
  override readonly name = '2026-11-removed-presidents';

  override up(): void {
    this.addSql('alter table president add column deleted_at timestamptz null');
  }

  override down(): void {
    this.addSql('alter table president drop column deleted_at');
  }
}
