import type { AppliedCost, ApplyRequest, BucketReading, BucketRequest } from '../../contracts/limiter-storage.js';

/** What a worker has the primary do. */
export type ClusterCall =
  | { readonly method: 'apply'; readonly request: ApplyRequest }
  | { readonly method: 'read'; readonly request: BucketRequest }
  | { readonly method: 'delete'; readonly request: Pick<BucketRequest, 'key' | 'timeoutMs'> };

export type ClusterAnswer = readonly AppliedCost[] | BucketReading | null;

/** Many calls in one message: the channel costs more per message than per call. `rookeryLimiter` names the storage. */
export interface ClusterRequest {
  readonly rookeryLimiter: string;
  readonly calls: readonly (readonly [id: number, call: ClusterCall])[];
}

export interface ClusterReply {
  readonly rookeryLimiter: string;
  readonly answers: readonly (
    readonly [id: number, answer: ClusterAnswer] | readonly [id: number, answer: null, error: string]
  )[];
}

/** Whether `message` belongs to the storage called `name`: an application sends messages of its own. */
export function isFor<T extends ClusterRequest | ClusterReply>(name: string, message: unknown): message is T {
  return typeof message === 'object' && message !== null && (message as Partial<T>).rookeryLimiter === name;
}
