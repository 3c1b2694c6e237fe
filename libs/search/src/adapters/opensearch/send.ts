import type { CallOptions } from '../../contracts/engine.js';
import { SearchEngineError, SearchEngineUnavailableError } from '../../errors/engine.errors.js';
import { having } from './answer-shape.js';
import type { HttpRequest } from './http.js';

/** Sends a request within the engine's deadline. */
export type Send = <Body>(request: HttpRequest, options?: CallOptions) => Promise<Body>;

/**
 * Sends a change of the cluster: done where every node has it.
 *
 * @throws SearchEngineUnavailableError where some node has not confirmed it in the time that the engine gives it
 */
export function sendChange(send: Send, engine: string) {
  return async (request: Omit<HttpRequest, 'answer'>, options?: CallOptions): Promise<void> => {
    const { acknowledged } = await send<{ acknowledged: boolean }>({ ...request, answer: ACKNOWLEDGED }, options);
    if (acknowledged) return;
    const call = `${request.method} /${request.path.join('/')}`;
    throw new SearchEngineUnavailableError(engine, 'timeout', `${call} was not confirmed by every node: try again`);
  };
}

const ACKNOWLEDGED = having({ acknowledged: 'boolean' });

interface Sharded {
  readonly _shards?: {
    readonly failed?: number;
    readonly total: number;
    readonly failures?: readonly { readonly reason?: { readonly type?: string; readonly reason?: string } }[];
  };
}

/**
 * Refuses an answer that some shards had no part in: a page, a count or a refresh with holes looks like a whole one.
 * A write that reached its primary is done, whatever its replicas answer.
 */
export function assertAllShards(engine: string, { path }: Pick<HttpRequest, 'path'>, body: unknown): void {
  const shards = (body as Sharded | null)?._shards;
  if (!shards?.failed || path.includes('_update')) return;
  const first = shards.failures?.[0]?.reason;
  const why = first ? `: ${first.type ?? 'unknown'}: ${first.reason ?? ''}` : '';
  throw new SearchEngineError(
    engine,
    200,
    'shard_failures',
    `${shards.failed} of ${shards.total} shards failed at /${path.join('/')}${why}`,
  );
}
