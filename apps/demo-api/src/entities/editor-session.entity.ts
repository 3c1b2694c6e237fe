import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** Somebody who has given the editor's password. Who reads the table can edit nothing by it. */
@Entity({ tableName: 'editor_session' })
export class EditorSession {
  /** SHA-256 of the token, in hexadecimal. */
  @PrimaryKey({ type: 'string', length: 64 })
  tokenHash!: string;

  @Property({ type: 'datetime', columnType: 'timestamptz', index: true })
  expiresAt!: Date;
}
