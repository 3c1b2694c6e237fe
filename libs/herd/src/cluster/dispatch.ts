import type { Dispatch, NodeDispatch, OnNodeDown, Operation } from '../contracts/dispatch.js';
import { HerdClosedError, HerdNoNodesError, HerdNodeError, HerdOperationError } from '../errors/operation-errors.js';
import type { NodePool } from '../pool/node-pool.js';
import type { Route } from './fleet.js';

/** Where operations go, and under which policy; `route` is read anew for each. */
export type DispatchSource<Client> = Readonly<{ name: string; route: () => Route<Client>; closed: () => boolean; timeoutMs: number; onNodeDown: OnNodeDown }>;

/** Routes by the table of the moment in which an operation is called. */
export function dispatchByTable<Client>(source: DispatchSource<Client>): Dispatch<Client> {
  const { timeoutMs } = source;
  const absorbs = (error: unknown): boolean => source.onNodeDown === 'miss' && error instanceof HerdOperationError && error.failure !== 'request';
  return {
    async byKey<Result>(key: string, operation: Operation<Client, Result>, miss: Result): Promise<Result> {
      try {
        return await poolFor(source, key).use(operation, timeoutMs);
      } catch (error) {
        if (absorbs(error)) return miss;
        throw error;
      }
    },
    async byKeys<Result>(keys: readonly string[], operation: (client: Client, keys: readonly string[]) => Promise<ReadonlyMap<string, Result>>) {
      const gathered = new Map<string, Result>();
      const ask = async (pool: NodePool<Client>, own: readonly string[]): Promise<void> => {
        for (const [key, result] of await pool.use((client) => operation(client, own), timeoutMs)) gathered.set(key, result);
      };
      const tolerant = (error: unknown): void => {
        if (!absorbs(error)) throw error;
      };
      try {
        await Promise.all([...groupByPool(source, keys)].map(([pool, own]) => ask(pool, own).catch(tolerant)));
      } catch (error) {
        tolerant(error);
      }
      return gathered;
    },
  };
}

/** Sends everything to the node with this id. */
export function dispatchToNode<Client>(source: DispatchSource<Client>, id: string): NodeDispatch<Client> {
  const run = async <Result>(operation: Operation<Client, Result>): Promise<Result> => {
    checkOpen(source);
    const pool = source.route().pools.get(id);
    if (!pool) throw new HerdNodeError({ what: `Herd "${source.name}" has no such node`, received: id, remedy: 'take the node from topology' });
    return pool.use(operation, source.timeoutMs);
  };
  return {
    run,
    byKey: (_key, operation) => run(operation),
    byKeys: async (keys, operation) => new Map(keys.length === 0 ? [] : await run((client) => operation(client, [...new Set(keys)]))),
  };
}

function poolFor<Client>(source: DispatchSource<Client>, key: string): NodePool<Client> {
  checkOpen(source);
  const { table, pools } = source.route();
  const node = table.nodeFor(key);
  if (!node) throw new HerdNoNodesError({ what: `Herd "${source.name}" has no nodes`, remedy: 'see topology.discovery for the reason' });
  return pools.get(node.id)!;
}

function groupByPool<Client>(source: DispatchSource<Client>, keys: readonly string[]): Map<NodePool<Client>, string[]> {
  checkOpen(source);
  const groups = new Map<NodePool<Client>, string[]>();
  for (const key of new Set(keys)) {
    const pool = poolFor(source, key);
    const group = groups.get(pool);
    if (group) group.push(key);
    else groups.set(pool, [key]);
  }
  return groups;
}

function checkOpen({ name, closed }: DispatchSource<unknown>): void {
  if (closed()) throw new HerdClosedError({ what: `Herd "${name}" is closed`, remedy: 'finish your work before close()' });
}
