import type { EntityManager, EventSubscriber } from '@mikro-orm/core';
import type { Touch } from '../capture/touch.js';

/** How documents follow the database. */
export interface SyncStrategy {
  /** To be registered at the ORM's event manager. */
  readonly subscribers: readonly EventSubscriber[];
  /** Changes that are not in their index yet: in the database, or in the memory of this process. */
  pending(): Promise<number>;
  /** Begins to publish. @throws when what it needs is not there. */
  start(): Promise<void>;
  /** Adds changes that the ORM did not report, with the transaction of `em` when it is in one. */
  add(touches: readonly Touch[], em: EntityManager): Promise<void>;
  /** Resolves when all changes committed before are written. @throws SearchNotSettledError after `timeoutMs` */
  settled(timeoutMs: number): Promise<void>;
  /** Before an application stops: waits for what only this process can do, `timeoutMs` at most. */
  drain(timeoutMs: number): Promise<void>;
  /** Ends what is under way. */
  close(): Promise<void>;
}
