import { createHash, randomBytes } from 'node:crypto';
import { EntityManager } from '@mikro-orm/postgresql';
import { Inject, Injectable } from '@nestjs/common';
import { DEMO_CONFIG, type DemoConfig } from '../config/demo-config.js';
import { EditorSession } from '../entities/index.js';

const TOKEN_BYTES = 32;
/** Of all editors together; the oldest ones end before there are more. */
const MAX_SESSIONS = 1000;

export type OpenedSession = Readonly<{ token: string; expiresAt: Date }>;

/** Who may edit: by random tokens, whose hashes are in the database, so that all processes accept them. */
@Injectable()
export class Sessions {
  constructor(
    private readonly em: EntityManager,
    @Inject(DEMO_CONFIG) private readonly config: DemoConfig,
  ) {}

  async open(now = new Date()): Promise<OpenedSession> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const expiresAt = new Date(now.getTime() + this.config.sessionSeconds * 1000);
    const em = this.em.fork();
    await em.nativeDelete(EditorSession, { expiresAt: { $lte: now } });
    const newestFirst = { orderBy: { expiresAt: 'desc', tokenHash: 'asc' }, offset: MAX_SESSIONS - 1 } as const;
    const oldest = (await em.find(EditorSession, {}, newestFirst)).map(({ tokenHash }) => tokenHash);
    if (oldest.length > 0) await em.nativeDelete(EditorSession, { tokenHash: { $in: oldest } });
    await em.insert(EditorSession, { tokenHash: hashOf(token), expiresAt });
    return { token, expiresAt };
  }

  /** Whether `token` is of a session that has not expired. */
  async holds(token: string, now = new Date()): Promise<boolean> {
    const where = { tokenHash: hashOf(token), expiresAt: { $gt: now } };
    return (await this.em.fork().count(EditorSession, where)) > 0;
  }
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
