import { HerdClosedError, HerdNoNodesError } from '../errors/operation-errors.js';
import type { HerdOperationError } from '../errors/operation-errors.js';
import type { NodePool } from '../pool/node-pool.js';
import { isOperationError } from '../support/operation-failure.js';
import type { DispatchSource } from './dispatch-source.js';

/** Whether the policy answers such a failure as if the key were not there. */
export const absorbs = ({ onNodeDown }: Pick<DispatchSource<unknown>, 'onNodeDown'>, error: unknown): boolean =>
  onNodeDown !== 'error' &&
  isOperationError(error) &&
  (error.failure !== 'request' || error.code === 'HERD_UNREADABLE');

/** Whether the operation left this process, and nothing is known of it since. */
export const mayArriveLate = (error: HerdOperationError): boolean =>
  error.code === 'HERD_TIMEOUT' || error.code === 'HERD_NODE';

/** An overload would only move on to the next node. */
export const failsOver = (error: unknown): boolean =>
  isOperationError(error) &&
  (error.failure === 'node' || error.failure === 'refusal') &&
  error.code !== 'HERD_NO_NODES';

export const leftUntil = (moment: number): number => Math.max(1, moment - performance.now());

export function standIn<Client>(
  source: DispatchSource<Client>,
  key: string,
  tried: readonly NodePool<Client>[],
): NodePool<Client> | undefined {
  const { table, pools } = source.fleet.route;
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
