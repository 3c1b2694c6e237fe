import type { Dispatch, Effect, NodeDispatch, OnNodeDown, Operation } from '../contracts/dispatch.js';
import { promised } from '../support/promised.js';
import {
  HerdClosedError,
  HerdNoNodesError,
  HerdNodeError,
  HerdOperationError,
  HerdTimeoutError,
  HerdUnreadableError,
} from '../errors/operation-errors.js';
import type { NodePool } from '../pool/node-pool.js';
import { abortable } from '../support/abortable.js';
import { publishFailure } from './publish.js';
import type { Fleet } from './fleet.js';
import { timed } from './timed.js';
import { WarmUp } from './warm-up.js';

/** Where operations go, and under which policy; the route of `fleet` is read anew for each. */
export type DispatchSource<Client> = Readonly<{
  name: string;
  fleet: Fleet<Client>;
  closed: () => boolean;
  timeoutMs: number;
  onNodeDown: OnNodeDown;
  failoverTtlMs: number;
}>;

/** Routes by the table of the moment in which an operation is called. */
export function dispatchByTable<Client>(source: DispatchSource<Client>): Dispatch<Client> {
  const warmUp = new WarmUp(source.fleet);
  const absorbs = (error: unknown): boolean =>
    source.onNodeDown !== 'error' &&
    error instanceof HerdOperationError &&
    (error.failure !== 'request' || error instanceof HerdUnreadableError);
  const tolerant = (error: unknown): void => {
    if (!absorbs(error)) throw error;
  };
  return {
    byKey: (key, operation, miss, { effect = 'bound', lifeMs, signal } = {}) => {
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
        if (lifeMs !== undefined) source.fleet.noteLife(lifeMs);
        const before = effect === 'read' ? undefined : source.fleet.beforeWrite(key, owner.node.id);
        const use = () =>
          owner.use((client, node) => operation(client, node, Infinity), source.timeoutMs, [key], effect);
        const run = (): ReturnType<typeof use> => timed(source.name, owner.node, before ? () => before.then(use) : use);
        const { route } = source.fleet;
        const written = (found: typeof miss): typeof miss => {
          source.fleet.wroteTo(key);
          source.fleet.endedWrite(key, route);
          return found;
        };
        const failed = (error: unknown) =>
          failover(source, key, operation, effect, { owner, error, until })
            .finally(() => effect !== 'read' && source.fleet.endedWrite(key, route))
            .catch(orMiss);
        if (effect !== 'read') return run().then(written, failed);
        if (!warmUp.mayHave(key, owner)) return run().then(undefined, failed);
        return run().then(
          async (found) => (found === undefined && (await warmUp.copy(key, owner, source.timeoutMs)) ? run() : found),
          failed,
        );
      });
    },
    byKeys: (keys, operation, { signal } = {}) =>
      abortable(signal, async () => {
        const gathered = new Map<string, never>();
        const until = performance.now() + source.timeoutMs;
        const ask = async (pool: NodePool<Client>, own: readonly string[], isOwner = false): Promise<void> => {
          const found = await timed(source.name, pool.node, () =>
            pool.use((client) => operation(client, own), leftUntil(until), own, 'read'),
          ).catch((error: unknown) => {
            publishFailure(source.name, pool.node, error);
            throw error;
          });
          for (const [key, result] of found) {
            if (result instanceof HerdUnreadableError) {
              publishFailure(source.name, pool.node, result);
              tolerant(result);
            } else gathered.set(key, result as never);
          }
          if (!isOwner) return;
          const copied = await warmUp.copyAll(
            own.filter((key) => !found.has(key)),
            pool,
            leftUntil(until),
          );
          if (copied.length > 0) await ask(pool, copied).catch(tolerant);
        };
        /** A key that must not be read now fails alone. */
        const askOwner = async (pool: NodePool<Client>, own: readonly string[]): Promise<void> => {
          const unreadable = pool.unreadable(own);
          if (unreadable.length === 0) return ask(pool, own, true);
          const readable = own.filter((key) => !unreadable.includes(key));
          const [first, second] = await Promise.allSettled([
            ask(pool, unreadable),
            readable.length > 0 ? ask(pool, readable, true) : undefined,
          ]);
          if (second.status === 'rejected') throw second.reason;
          if (first.status === 'fulfilled') return;
          tolerant(first.reason);
          if (source.onNodeDown === 'next' && leftUntil(until) > 1) await askNext(pool, unreadable);
        };
        const askNext = async (owner: NodePool<Client>, own: readonly string[]): Promise<void> => {
          const standIns = grouped(own, (key) => standIn(source, key, [owner]));
          await Promise.all([...standIns].map(([pool, keys]) => ask(pool, keys).catch(tolerant)));
        };
        try {
          await Promise.all(
            [...groupByPool(source, keys)].map(([pool, own]) =>
              askOwner(pool, own).catch(async (error: unknown) => {
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
    const pool = source.fleet.route.pools.get(id);
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
    if (!pool) {
      if (effect === 'write') source.fleet.wroteTo(key);
      throw error;
    }
    tried.push(pool);
    try {
      const done = await timed(source.name, pool.node, () =>
        pool.use((client, node) => operation(client, node, source.failoverTtlMs), leftUntil(until), [key], effect),
      );
      if (effect === 'write') {
        source.fleet.wroteTo(key, pool.node.id);
        source.fleet.stoodIn(key, pool.node.id);
      }
      return done;
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
  if (
    effect === 'write' &&
    onNodeDown !== 'error' &&
    error instanceof HerdOperationError &&
    error.failure !== 'request'
  )
    pool.doubt([key], mayArriveLate(error));
}

/** Whether the operation left this process, and nothing is known of it since. */
const mayArriveLate = (error: HerdOperationError): boolean =>
  error instanceof HerdTimeoutError || error.code === 'HERD_NODE';

/** An overload would only move on to the next node. */
const failsOver = (error: unknown): boolean =>
  error instanceof HerdOperationError &&
  (error.failure === 'node' || error.failure === 'refusal') &&
  !(error instanceof HerdNoNodesError);

const leftUntil = (moment: number): number => Math.max(1, moment - performance.now());

function standIn<Client>(
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

function poolFor<Client>(source: DispatchSource<Client>, key: string): NodePool<Client> {
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
