import { Migration } from '@mikro-orm/migrations';

export class CreateEditorSessions extends Migration {
  override readonly name = '2026-11-editor-sessions';

  override up(): void {
    this.addSql('create table editor_session (token_hash varchar(64) primary key, expires_at timestamptz not null)');
    this.addSql('create index editor_session_expires_at_index on editor_session (expires_at)');
  }

  override down(): void {
    this.addSql('drop table editor_session');
  }
}
