import type { EntityManager, EventSubscriber } from '@mikro-orm/core';
import type { SearchEventListener } from '../contracts/search-event.js';
import { SearchNotSettledError } from '../errors/bulk.errors.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { DocumentPublisher } from '../indexing/document-publisher.js';
import type { EntityReader } from '../rows/entity-reader.js';
import { CaptureSubscriber } from '../capture/capture.subscriber.js';
import { dependenciesOf } from '../capture/dependencies.js';
import { FlushReader } from '../capture/flush-reader.js';
import { PublishQueue } from './publish-queue.js';
import { within } from '../support/within.js';
import type { SyncStrategy } from './strategy.js';
import { groupTouches, type Touch } from '../capture/touch.js';

/** Publishes committed changes from memory, right after their commit. A crash in between loses them. */
export class AfterCommitSync implements SyncStrategy {
  readonly subscribers: readonly EventSubscriber[];
  private readonly capture: CaptureSubscriber;
  private readonly queues: ReadonlyMap<IndexDefinition, PublishQueue>;

  constructor(
    definitions: readonly IndexDefinition[],
    publisher: DocumentPublisher,
    reader: EntityReader,
    report: SearchEventListener,
  ) {
    this.queues = new Map(
      definitions.map((definition) => [definition, new PublishQueue(definition, publisher, reader, report)]),
    );
    this.capture = new CaptureSubscriber(new FlushReader(dependenciesOf(definitions), reader), {
      committed: (touches) => this.enqueue(touches),
      failed: (error) => report({ type: 'capture-failed', error }),
    });
    this.subscribers = [this.capture];
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  add(touches: readonly Touch[], em: EntityManager): Promise<void> {
    this.capture.keep(em, touches);
    return Promise.resolve();
  }

  /** Changes that are not in their index yet. */
  pending(): Promise<number> {
    return Promise.resolve(this.waiting);
  }

  private get waiting(): number {
    return [...this.queues.values()].reduce((sum, { waiting }) => sum + waiting, 0);
  }

  /** Resolves when all changes committed before are written. @throws SearchNotSettledError after `timeoutMs` */
  async settled(timeoutMs: number): Promise<void> {
    const queues = [...this.queues.values()];
    const done = Promise.all(queues.map((queue) => queue.idle())).then((): true => true);
    if (await within(done, timeoutMs)) return;
    throw new SearchNotSettledError(this.waiting, timeoutMs, {
      cause: queues.find(({ lastError }) => lastError)?.lastError,
    });
  }

  async drain(timeoutMs: number): Promise<void> {
    await this.settled(timeoutMs).catch(() => undefined);
  }

  /** Ends what is under way; changes that are not written are reported as dropped. */
  async close(): Promise<void> {
    await Promise.all([...this.queues.values()].map((queue) => queue.close()));
  }

  private enqueue(touches: Iterable<Touch>): void {
    for (const [definition, group] of groupTouches(touches, (touch) => touch.definition))
      this.queues.get(definition)?.add(group);
  }
}
