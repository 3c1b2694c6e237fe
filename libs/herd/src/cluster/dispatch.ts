import type { Dispatch, Effect, Intent, NodeDispatch, Operation } from '../contracts/dispatch.js';
import { HerdNodeError } from '../errors/operation-errors.js';
import type { NodePool } from '../pool/node-pool.js';
import type { Sequel } from '../pool/task.js';
import { abortable } from '../support/abortable.js';
import { resultsOrThrow } from '../support/outcomes-by-key.js';
import { promised } from '../support/promised.js';
import { dispatchMany } from './dispatch-many.js';
import { absorbs, checkOpen, doubtAfter, failsOver, leftUntil, poolFor, standIn } from './dispatch-rules.js';
import type { DispatchSource } from './dispatch-source.js';
import { publishFailure } from './publish.js';
import { timed } from './timed.js';
import { WarmUp } from './warm-up.js';

/** Routes by the table of the moment in which an operation is called. */
export function dispatchByTable<Client>(source: DispatchSource<Client>): Dispatch<Client> {
  const warmUp = new WarmUp(source.fleet);
  const many = dispatchMany(source, warmUp);
  return {
    byKey: (key, operation, miss, intent = nothing) =>
      intent.signal
        ? abortable(intent.signal, () => carryOut(source, warmUp, key, operation, miss, intent))
        : carryOut(source, warmUp, key, operation, miss, intent),
    byKeys: (keys, operation, intent) => abortable(intent?.signal, () => many(keys, operation, intent)),
  };
}

const nothing: Intent = Object.freeze({});

/** One operation on one key, at its owner. The usual case, in which all goes well, costs two promises: that of the node, and that of the pool. */
function carryOut<Client, Result>(
  source: DispatchSource<Client>,
  warmUp: WarmUp<Client>,
  key: string,
  operation: Operation<Client, Result>,
  miss: Result,
  { effect = 'bound', lifeMs, standIns = true }: Intent,
): Promise<Result> {
  const { fleet, timeoutMs } = source;
  const orMiss = (error: unknown): Result => {
    if (!absorbs(source, error)) throw error;
    return miss;
  };
  const until = source.onNodeDown === 'next' && standIns ? performance.now() + timeoutMs : 0;
  let owner: NodePool<Client>;
  try {
    owner = poolFor(source, key);
  } catch (error) {
    return promised(() => Promise.resolve(orMiss(error)));
  }
  if (lifeMs !== undefined) fleet.noteLife(lifeMs);
  const use = (sequel?: Sequel<Result>): Promise<Result> =>
    owner.use((client, node) => operation(client, node, Infinity), timeoutMs, [key], effect, sequel);
  if (effect === 'read') {
    const failed = (error: unknown): Promise<Result> =>
      failover(source, key, operation, effect, { owner, error, until }).catch(orMiss);
    const again = async (found: Result): Promise<Result> =>
      found === undefined && (await warmUp.copy(key, owner, timeoutMs))
        ? timed(source, owner.node, use, { failed })
        : found;
    return timed(source, owner.node, use, { done: warmUp.mayHave(key, owner) ? again : undefined, failed });
  }
  const before = fleet.beforeWrite(key, owner.node.id);
  const { route } = fleet;
  const written: Sequel<Result> = {
    done: (result) => {
      fleet.wroteTo(key);
      fleet.endedWrite(key, route);
      return result;
    },
    failed: (error) =>
      failover(source, key, operation, effect, { owner, error, until })
        .finally(() => fleet.endedWrite(key, route))
        .catch(orMiss),
  };
  return timed(source, owner.node, before ? (sequel) => before.then(() => use(sequel)) : use, written);
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
    return timed(source, pool.node, () =>
      pool.use((client, node) => operation(client, node, Infinity), source.timeoutMs),
    );
  };
  return {
    run,
    byKey: (_key, operation, _miss, { signal } = {}) => abortable(signal, () => run(operation)),
    byKeys: (keys, operation, { signal, effect } = {}) =>
      abortable(signal, async () => {
        const own = [...new Set(keys)];
        if (own.length === 0) return new Map();
        return resultsOrThrow(await run((client, node) => operation(client, own, node, Infinity)), effect);
      }),
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
  const note = (pool: NodePool<Client>, failure: unknown): void => {
    publishFailure(source.name, pool.node, failure);
    doubtAfter(source, pool, key, effect, failure);
  };
  note(owner, error);
  for (const tried = [owner]; ;) {
    const pool = failsOver(source, effect, error, until) ? standIn(source, key, tried) : undefined;
    if (!pool) {
      if (effect === 'write') source.fleet.wroteTo(key);
      throw error;
    }
    tried.push(pool);
    try {
      const done = await timed(source, pool.node, () =>
        pool.use((client, node) => operation(client, node, source.failoverTtlMs), leftUntil(until), [key], effect),
      );
      if (effect === 'write') {
        source.fleet.wroteTo(key, pool.node.id);
        source.fleet.stoodIn(key, pool.node.id);
      }
      return done;
    } catch (failure) {
      note(pool, failure);
      error = failure;
    }
  }
}
