import type { Effect } from '../contracts/dispatch.js';
import { HerdClosedError, HerdNoNodesError, type HerdOperationError } from '../errors/operation-errors.js';
import type { NodePool } from '../pool/node-pool.js';
import { isOperationError } from '../support/operation-failure.js';
import type { DispatchSource } from './dispatch-source.js';

type Policy = Pick<DispatchSource<unknown>, 'onNodeDown'>;

/** Whether the policy answers such a failure as if the key were not there. */
export const absorbs = ({ onNodeDown }: Policy, error: unknown): boolean =>
  onNodeDown !== 'error' &&
  isOperationError(error) &&
  (error.failure !== 'request' || error.code === 'HERD_UNREADABLE');

/** An overload would only move on to the next node. */
const movesOn = (error: unknown): boolean =>
  isOperationError(error) &&
  (error.failure === 'node' || error.failure === 'refusal') &&
  error.code !== 'HERD_NO_NODES';

/** Whether the next node may stand in for what failed, as long as there is time. */
export const failsOver = ({ onNodeDown }: Policy, effect: Effect, error: unknown, until: number): boolean =>
  onNodeDown === 'next' && effect !== 'bound' && movesOn(error) && leftUntil(until) > 1;

/** @property until when a call is given up, by the clock of `performance.now()`. @property wholeMs its whole deadline. */
export type CallTime = Readonly<{ until: number; wholeMs: number }>;

export const leftUntil = (moment: number): number => Math.max(1, moment - performance.now());

/**
 * Notes what did not surely reach the node, so that it is deleted there before it is read. Under `error` the caller gets the error of a
 * write that failed, and a value that he guards by a token must not vanish.
 */
export function doubtAfter(
  { onNodeDown }: Policy,
  pool: NodePool<unknown>,
  key: string,
  effect: Effect,
  error: unknown,
): void {
  if (changesValue(effect) && onNodeDown !== 'error' && isOperationError(error) && error.failure !== 'request')
    pool.doubt([key], effect === 'write' && mayArriveLate(error));
}

/** Whether it leaves an old value where it is not carried out. */
export const changesValue = (effect: Effect): boolean => effect === 'write' || effect === 'delete';

/** Whether the operation left this process, and its outcome is unknown. */
const mayArriveLate = ({ code }: HerdOperationError): boolean => code === 'HERD_TIMEOUT' || code === 'HERD_NODE';

export function standIn<Client>(
  { fleet }: DispatchSource<Client>,
  key: string,
  tried: readonly NodePool<Client>[],
): NodePool<Client> | undefined {
  const { table, pools } = fleet.route;
  return table
    .nodesFor(key, table.nodes.length)
    .map(({ id }) => pools.get(id)!)
    .find((pool) => pool.health.state === 'up' && !tried.includes(pool));
}

export function poolFor<Client>(source: DispatchSource<Client>, key: string): NodePool<Client> {
  checkOpen(source);
  const { table, pools } = source.fleet.route;
  const node = table.nodeFor(key);
  if (!node)
    throw new HerdNoNodesError({
      what: `Herd "${source.name}" has no nodes`,
      remedy: 'see topology.discovery for the reason',
    });
  return pools.get(node.id)!;
}

export function checkOpen({ name, closed }: Pick<DispatchSource<unknown>, 'name' | 'closed'>): void {
  if (closed())
    throw new HerdClosedError({ what: `Herd "${name}" is closed`, remedy: 'finish your work before close()' });
}
