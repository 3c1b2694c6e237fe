/**
 * The primary of a real cluster. Its workers run the file and arguments that it was given; what they send goes to the
 * parent as `{ worker, message }`, and what the parent sends goes to `{ to }`, or to all. `kill` ends one, `fork` starts one.
 */
import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import { clusterStorage } from '../../src/adapters/cluster/index.js';
import { monotonicClock } from '../../src/support/monotonic-clock.js';
import { memoryStorage } from '../../src/storage/memory.storage.js';

const [workers, file, ...args] = process.argv.slice(2) as [string, string, ...string[]];
/** Set by a worker that runs the contract, which moves the clock. */
let now: number | undefined;
const buckets = memoryStorage({ clock: () => now ?? monotonicClock() });
const storage = clusterStorage(buckets);

cluster.setupPrimary({ exec: fileURLToPath(new URL(file, import.meta.url)), args, execArgv: process.execArgv });
cluster.on('message', (worker, message: object) => {
  if ('now' in message) now = message.now as number;
  else if (!('rookeryLimiter' in message)) process.send!({ worker: worker.id, message });
});
cluster.on('exit', (worker) => process.send!({ worker: worker.id, message: { exited: true } }));
process.on(
  'message',
  ({
    to,
    kill,
    fork,
    stopServing,
    message,
  }: {
    to?: number;
    kill?: number;
    fork?: true;
    stopServing?: true;
    message?: object;
  }) => {
    if (stopServing) void storage.close?.();
    if (fork) cluster.fork();
    if (kill !== undefined) cluster.workers?.[kill]?.process.kill('SIGKILL');
    if (message !== undefined)
      for (const worker of Object.values(cluster.workers ?? {}))
        if (to === undefined || worker?.id === to) worker?.send(message);
  },
);
process.on('disconnect', () => process.exit());
for (let index = 0; index < Number(workers); index++) cluster.fork();
