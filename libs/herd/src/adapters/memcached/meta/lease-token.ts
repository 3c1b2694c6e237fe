import type { Leased, LeaseToken } from '../../../contracts/lease-commands.js';
import { HerdRequestError } from '../../../errors/operation-errors.js';
import { casPartsOf, casToken } from '../cas-token.js';
import type { CasParts } from '../cas-token.js';

/** What the lease was given for: what is given back is another thing in each case. */
export type LeasedState = Leased<unknown>['state'];

/** The version of what is leased, as in a cas token, and its state. */
export const leaseToken = (state: LeasedState, nodeId: string, epoch: number, cas: string): LeaseToken =>
  `${state}/${casToken(nodeId, epoch, cas)}`;

/** @throws HerdRequestError for what `getLeased` has not given. */
export function readLeaseToken(token: LeaseToken): CasParts & { readonly state: LeasedState } {
  const [, state, version = ''] = /^(missing|fresh|stale)\/(.*)$/s.exec(token) ?? [];
  const parts = casPartsOf(version);
  if (parts) return { ...parts, state: state as LeasedState };
  throw new HerdRequestError({
    what: 'This is no lease',
    received: token,
    remedy: 'pass the one that getLeased() gave',
  });
}
