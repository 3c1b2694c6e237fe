/** A primary without the limiter, as PM2's, and one worker with it; it passes on what the worker sends. */
import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import { clusterStorage } from '../../src/adapters/cluster/index.js';
import { Limiter } from '../../src/service/limiter.js';
import { memoryStorage } from '../../src/storage/memory.storage.js';
import { messageOf } from '../../src/errors/message-of.js';

if (cluster.isPrimary) {
  cluster.setupPrimary({ exec: fileURLToPath(import.meta.url), execArgv: process.execArgv });
  const worker = cluster.fork();
  worker.on('message', (message) => process.send!(message));
  process.on('disconnect', () => worker.process.kill());
} else {
  const policies = { api: { limit: 100, per: '1h' } } as const;
  const limiter = new Limiter({
    storage: clusterStorage(memoryStorage()),
    policies,
    timeoutMs: 200,
    readyTimeoutMs: 1500,
  });
  limiter.watchStorage((message) => {
    if (message.state === 'failing') process.send!({ line: messageOf(message.error) });
  });
  await limiter.ready().catch(() => undefined);
  const from = performance.now();
  for (let call = 0; call < 20; call++) await limiter.consume('api', 'ann');
  // One of them may be the probe that looks again; the others wait for nothing: all of them would wait for four seconds.
  process.send!({ fast: performance.now() - from < 3000 });
}
