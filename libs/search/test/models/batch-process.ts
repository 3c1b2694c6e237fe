import { memoryEngine } from '@rookery/search/testing';
import { runBatch, type Batch } from './batch.js';
import { inMemory } from './run-model.js';
import { onServers } from './servers.js';

/** A batch of models in a process of its own: its first argument names which, and it reports over its channel. */
export interface BatchOrder extends Batch {
  /** Where servers run; in memory without them. */
  readonly servers?: Readonly<{ postgres: string; engine: string }>;
}

const order = JSON.parse(process.argv[2]!) as BatchOrder;
const world = order.servers ? onServers(order.servers.postgres, order.servers.engine) : inMemory(memoryEngine);
await runBatch(order, world, (report) => process.send!(report));
process.disconnect();
