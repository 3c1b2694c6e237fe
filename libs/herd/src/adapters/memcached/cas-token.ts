import type { CasToken } from '../../contracts/key-value-commands.js';
import { HerdRequestError } from '../../errors/operation-errors.js';

/**
 * A server numbers its versions from 1 at each start, so a number alone could fit another value on another node, or after
 * a restart. The token therefore names the node and the connection too.
 */
export const casToken = (nodeId: string, epoch: number, cas: string): CasToken => `${cas}/${epoch}/${nodeId}`;

/** @throws {@link HerdRequestError} for what `gets` has not given. */
export function readCasToken(token: CasToken): { nodeId: string; epoch: number; cas: string } {
  const [, cas, epoch, nodeId] = /^(\d+)\/(\d+)\/(.+)$/s.exec(token) ?? [];
  if (nodeId === undefined)
    throw new HerdRequestError({
      what: 'This is no cas token',
      received: token,
      remedy: 'pass the one that gets() gave',
    });
  return { nodeId, epoch: Number(epoch), cas: cas! };
}
