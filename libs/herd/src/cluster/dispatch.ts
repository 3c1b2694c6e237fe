import type { Dispatch, Effect, NodeDispatch, OnNodeDown, Operation } from '../contracts/dispatch.js';
import { promised } from '../support/promised.js';
import { HerdClosedError, HerdNoNodesError, HerdNodeError } from '../errors/operation-errors.js';
import { isOperationError } from '../support/operation-failure.js';
import type { NodePool } from '../pool/node-pool.js';
import { abortable } from '../support/abortable.js';
import { publishFailure } from './publish.js';
import type { Route } from './fleet.js';
import { timed } from './timed.js';

/** Where operations go, and under which policy; `route` is read anew for each. */
export type DispatchSource<Client> = Readonly<{
  name: string;
  route: () => Route<Client>;
  closed: () => boolean;
  timeoutMs: number;
  onNodeDown: OnNodeDown;
  failoverTtlMs: number;
}>;

/** Routes by the table of the moment in which an operation is called. */
export function dispatchByTable<Client>(source: DispatchSource<Client>): Dispatch<Client> {
  const absorbs = (error: unknown): boolean =>
    source.onNodeDown !== 'error' && isOperationError(error) && error.failure !== 'request';
  const tolerant = (error: unknown): void => {
    if (!absorbs(error)) throw error;
  };
  return {
    byKey: (key, operation, miss, { effect = 'bound', signal } = {}) => {
      const orMiss = (error: unknown): typeof miss => {
        tolerant(error);
        return miss;
      };
      return abortable(signal, () => {
        const until = source.onNodeDown === 'next' ? performance.now() + source.timeoutMs : 0;
        let owner: NodePool<Client>;
        try {
          owner = poolFor(source, key);
        } catch (error) {
          return promised(() => Promise.resolve(orMiss(error)));
        }
        const running = timed(source.name, owner.node, () =>
          owner.use((client, node) => operation(client, node, Infinity), source.timeoutMs, [key]),
        );
        return running.then(undefined, (error: unknown) =>
          failover(source, key, operation, effect, { owner, error, until }).catch(orMiss),
        );
      });
    },
    byKeys: (keys, operation, { signal } = {}) =>
      abortable(signal, async () => {
        const gathered = new Map<string, never>();
        const until = performance.now() + source.timeoutMs;
        const ask = async (pool: NodePool<Client>, own: readonly string[]): Promise<void> => {
          const found = await timed(source.name, pool.node, () =>
            pool.use((client) => operation(client, own), leftUntil(until), own),
          ).catch((error: unknown) => {
            publishFailure(source.name, pool.node, error);
            throw error;
          });
          for (const [key, result] of found) gathered.set(key, result as never);
        };
        const askNext = async (owner: NodePool<Client>, own: readonly string[]): Promise<void> => {
          const standIns = grouped(own, (key) => standIn(source, key, [owner]));
          await Promise.all([...standIns].map(([pool, keys]) => ask(pool, keys).catch(tolerant)));
        };
        try {
          await Promise.all(
            [...groupByPool(source, keys)].map(([pool, own]) =>
              ask(pool, own).catch(async (error: unknown) => {
                tolerant(error);
                if (source.onNodeDown === 'next' && failsOver(error) && leftUntil(until) > 1) await askNext(pool, own);
              }),
            ),
          );
        } catch (error) {
          tolerant(error);
        }
        return gathered;
      }),
  };
}

/** Sends everything to the node with this id. */
export function dispatchToNode<Client>(source: DispatchSource<Client>, id: string): NodeDispatch<Client> {
  const run = async <Result>(operation: Operation<Client, Result>): Promise<Result> => {
    checkOpen(source);
    const pool = source.route().pools.get(id);
    if (!pool)
      throw new HerdNodeError({
        what: `Herd "${source.name}" has no such node`,
        received: id,
        remedy: 'use a node of topology',
      });
    return timed(source.name, pool.node, () =>
      pool.use((client, node) => operation(client, node, Infinity), source.timeoutMs),
    );
  };
  return {
    run,
    byKey: (_key, operation, _miss, { signal } = {}) => abortable(signal, () => run(operation)),
    byKeys: (keys, operation, { signal } = {}) =>
      abortable(
        signal,
        async () => new Map(keys.length === 0 ? [] : await run((client) => operation(client, [...new Set(keys)]))),
      ),
  };
}

/** After a failure of the owner: under `next` other nodes stand in, as long as there is time. @throws the last error. */
async function failover<Client, Result>(
  source: DispatchSource<Client>,
  key: string,
  operation: Operation<Client, Result>,
  effect: Effect,
  { owner, error, until }: { owner: NodePool<Client>; error: unknown; until: number },
): Promise<Result> {
  noteFailure(source, owner, key, effect, error);
  for (const tried = [owner]; ;) {
    const pool =
      source.onNodeDown === 'next' && effect !== 'bound' && failsOver(error) && leftUntil(until) > 1
        ? standIn(source, key, tried)
        : undefined;
    if (!pool) throw error;
    tried.push(pool);
    try {
      return await timed(source.name, pool.node, () =>
        pool.use((client, node) => operation(client, node, source.failoverTtlMs), leftUntil(until), [key]),
      );
    } catch (failure) {
      noteFailure(source, pool, key, effect, failure);
      error = failure;
    }
  }
}

/** Under `error` the caller knows of a write that failed, and a value that he guards by a token must not vanish. */
function noteFailure<Client>(
  { name, onNodeDown }: DispatchSource<Client>,
  pool: NodePool<Client>,
  key: string,
  effect: Effect,
  error: unknown,
): void {
  publishFailure(name, pool.node, error);
  if (effect === 'write' && onNodeDown !== 'error' && isOperationError(error) && error.failure !== 'request')
    pool.invalidate([key]);
}

/** An overload would only move on to the next node. */
const failsOver = (error: unknown): boolean =>
  isOperationError(error) && error.failure === 'node' && error.code !== 'HERD_NO_NODES';

const leftUntil = (moment: number): number => Math.max(1, moment - performance.now());

function standIn<Client>(
  source: DispatchSource<Client>,
  key: string,
  tried: readonly NodePool<Client>[],
): NodePool<Client> | undefined {
  const { table, pools } = source.route();
  return table
    .nodesFor(key, table.nodes.length)
    .map(({ id }) => pools.get(id)!)
    .find((pool) => pool.health.state === 'up' && !tried.includes(pool));
}

function poolFor<Client>(source: DispatchSource<Client>, key: string): NodePool<Client> {
  checkOpen(source);
  const { table, pools } = source.route();
  const node = table.nodeFor(key);
  if (!node)
    throw new HerdNoNodesError({
      what: `Herd "${source.name}" has no nodes`,
      remedy: 'see topology.discovery for the reason',
    });
  return pools.get(node.id)!;
}

function groupByPool<Client>(source: DispatchSource<Client>, keys: readonly string[]): Map<NodePool<Client>, string[]> {
  checkOpen(source);
  return grouped([...new Set(keys)], (key) => poolFor(source, key));
}

function grouped<Group>(keys: readonly string[], groupOf: (key: string) => Group | undefined): Map<Group, string[]> {
  const groups = new Map<Group, string[]>();
  for (const key of keys) {
    const group = groupOf(key);
    if (group === undefined) continue;
    const own = groups.get(group);
    if (own) own.push(key);
    else groups.set(group, [key]);
  }
  return groups;
}

function checkOpen({ name, closed }: DispatchSource<unknown>): void {
  if (closed())
    throw new HerdClosedError({ what: `Herd "${name}" is closed`, remedy: 'finish your work before close()' });
}
