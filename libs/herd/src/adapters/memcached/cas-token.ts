import type { CasToken } from '../../contracts/key-value-commands.js';
import { HerdRequestError } from '../../errors/operation-errors.js';

/**
 * A server numbers its versions from 1 at each start, so a number alone could fit another value on another node, or after
 * a restart. The token therefore names the node and the connection too.
 */
export const casToken = (nodeId: string, epoch: number, cas: string): CasToken => `${cas}/${epoch}/${nodeId}`;

/** The version of a value, and where it is good. */
export type CasParts = Readonly<{ nodeId: string; epoch: number; cas: string }>;

/** @returns `undefined` for what {@link casToken} has not made. */
export function casPartsOf(token: string): CasParts | undefined {
  const [, cas, epoch, nodeId] = /^(\d+)\/(\d+)\/(.+)$/s.exec(token) ?? [];
  return nodeId === undefined ? undefined : { nodeId, epoch: Number(epoch), cas: cas! };
}

/** @throws {@link HerdRequestError} for what `gets` has not given. */
export function readCasToken(token: CasToken): CasParts {
  const parts = casPartsOf(token);
  if (parts) return parts;
  throw new HerdRequestError({
    what: 'This is no cas token',
    received: token,
    remedy: 'pass the one that gets() gave',
  });
}
