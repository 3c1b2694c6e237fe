import type { CheckedCodec } from '../../../codec/checked-codec.js';
import type { Dispatch } from '../../../contracts/dispatch.js';
import type { StoreOptions } from '../../../contracts/key-value-commands.js';
import type { LeaseCommands, Leased, LeaseOptions } from '../../../contracts/lease-commands.js';
import type { Node } from '../../../contracts/node.js';
import { checkCallOptions, storeOptionNames } from '../../../support/call-options.js';
import { promised } from '../../../support/promised.js';
import { leaseSeconds } from './lease-seconds.js';
import { leaseToken, readLeaseToken } from './lease-token.js';
import type { LeasedState } from './lease-token.js';
import { wireValue } from '../wire-value.js';
import type { Expiry } from './expiry.js';
import type { MetaClient } from './meta-client.js';
import { isPlaceholder } from './meta-reply.js';
import type { MetaReply } from './meta-reply.js';
import type { KeyRequest } from './meta-request.js';
import { answerOf, appendNothing, keyRequest, storeRequest } from './meta-requests.js';
import { unexpected } from './single-request.js';

const leaseOptionNames = ['leaseTtl', 'refreshBefore', 'signal'] as const;

/** Its life is refused by name. */
const nothingGiven = { leaseTtl: 0 } as LeaseOptions;

type Parts = Readonly<{
  format: CheckedCodec;
  expiry: Expiry;
  decoded: (reply: MetaReply, key: string) => unknown;
}>;

/**
 * Leases by memcached's own flags: `N` reserves what is missing, `R` gives the right to renew what ends soon, `I` marks as out of
 * date; the token is the version (`C`) of what was reserved, so that any other write voids it.
 */
export function leaseCommands(dispatch: Dispatch<MetaClient>, { format, expiry, decoded }: Parts): LeaseCommands {
  return {
    getLeased: <Value>(key: string, given: LeaseOptions) =>
      promised(() => {
        checkCallOptions(given, leaseOptionNames);
        const { leaseTtl, refreshBefore, signal } = (given as LeaseOptions | undefined) ?? nothingGiven;
        const renewal = refreshBefore === undefined ? '' : ` R${leaseSeconds('refreshBefore', refreshBefore)}`;
        const request = keyRequest('mg', key, ` f c v N${leaseSeconds('leaseTtl', leaseTtl)}${renewal}`);
        const run = (client: MetaClient, node: Node) =>
          client.ask<Leased<Value>>(request, (reply) => {
            if (reply.code !== 'VA') throw unexpected(reply, key);
            const state = isPlaceholder(reply) ? 'missing' : reply.stale ? 'stale' : 'fresh';
            const part = {
              ...(reply.won && { lease: leaseToken(state, node.id, reply.epoch, reply.cas!) }),
              ...(reply.sent && { held: true as const }),
            };
            return state === 'missing' ? { state, ...part } : { state, value: decoded(reply, key) as Value, ...part };
          });
        return dispatch.byKey<Leased<Value>>(
          key,
          run,
          { state: 'missing' },
          { effect: 'read', standIns: false, needsValue: true, signal },
        );
      }),
    setLeased: (key, value, lease, given) =>
      promised(() => {
        checkCallOptions(given, storeOptionNames);
        const { nodeId, epoch, cas } = readLeaseToken(lease);
        const encoded = wireValue(format.write(key, value));
        const { seconds, lifeMs } = expiry('setLeased', key, given);
        const request = storeRequest(key, encoded, seconds, ` C${cas}`);
        const run = (client: MetaClient, node: Node) =>
          node.id === nodeId
            ? client.askBy(
                epoch,
                request,
                (reply) => answerOf(reply, key, { HD: true, NS: false, EX: false, NF: false }),
                false,
              )
            : Promise.resolve(false);
        return dispatch.byKey(key, run, false, { effect: 'bound', lifeMs, signal: given?.signal });
      }),
    releaseLease: (key, lease, given) =>
      promised(() => {
        checkCallOptions(given);
        const { state, nodeId, epoch, cas } = readLeaseToken(lease);
        const request = releaseRequest(key, state, cas);
        const run = (client: MetaClient, node: Node) =>
          node.id === nodeId
            ? client.askBy(
                epoch,
                request,
                (reply) => answerOf(reply, key, { HD: true, NS: false, EX: false, NF: false }),
                false,
              )
            : Promise.resolve(false);
        return dispatch.byKey(key, run, false, { effect: 'bound', signal: given?.signal });
      }),
    markStale: (key: string, given?: StoreOptions) =>
      promised(() => {
        checkCallOptions(given, storeOptionNames);
        const { seconds, lifeMs } = expiry('markStale', key, given);
        const request = keyRequest('md', key, ` I T${seconds}`);
        const run = (client: MetaClient) =>
          client.ask(request, (reply) => answerOf(reply, key, { HD: true, NF: false }));
        return dispatch.byKey(key, run, false, { effect: 'delete', needsValue: true, lifeMs, signal: given?.signal });
      }),
  };
}

/**
 * The next reader gets a lease again once the version is a new one: a place without a value is deleted, what is stale is marked so
 * once more, and to what is fresh nothing is appended, which changes neither its value, its flags nor the end of its life.
 */
function releaseRequest(key: string, state: LeasedState, cas: string): KeyRequest {
  if (state === 'fresh') return appendNothing(key, ` C${cas}`);
  return keyRequest('md', key, ` C${cas}${state === 'stale' ? ' I' : ''}`);
}
