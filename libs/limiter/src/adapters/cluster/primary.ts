import cluster, { type Worker } from 'node:cluster';
import type { LimiterStorage } from '../../contracts/limiter-storage.js';
import { messageOf } from '../../errors/message-of.js';
import { isFor, type ClusterAnswer, type ClusterCall, type ClusterRequest, type ClusterReply } from './messages.js';

const served = new Set<string>();

export const isServed = (name: string): boolean => served.has(name);

/** Answers the workers from `buckets`, until the function that it returns is called. Buckets outlive the workers. */
export function serveWorkers(name: string, buckets: LimiterStorage): () => void {
  const listen = (worker: Worker, message: unknown): void => {
    if (isFor<ClusterRequest>(name, message)) void answerAll(name, buckets, worker, message);
  };
  served.add(name);
  cluster.on('message', listen);
  return () => {
    served.delete(name);
    cluster.off('message', listen);
  };
}

async function answerAll(
  name: string,
  buckets: LimiterStorage,
  worker: Worker,
  { calls }: ClusterRequest,
): Promise<void> {
  const answers = await Promise.all(
    calls.map(async ([id, call]): Promise<ClusterReply['answers'][number]> => {
      try {
        return [id, await answer(buckets, call)];
      } catch (error) {
        return [id, null, messageOf(error)];
      }
    }),
  );
  // A worker that died meanwhile needs no answer; without a callback the failure would be an unhandled error event.
  if (worker.isConnected()) worker.send({ rookeryLimiter: name, answers } satisfies ClusterReply, () => {});
}

async function answer(buckets: LimiterStorage, call: ClusterCall): Promise<ClusterAnswer> {
  switch (call.method) {
    case 'apply':
      return buckets.apply(call.request);
    case 'read':
      return buckets.read(call.request);
    case 'delete':
      await buckets.delete(call.request);
      return null;
  }
}
