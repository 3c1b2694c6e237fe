import type { Dispatch, Effect, Intent, NodeDispatch, Operation } from '../contracts/dispatch.js';
import { HerdNodeError } from '../errors/operation-errors.js';
import type { NodePool } from '../pool/node-pool.js';
import { noKeys } from '../pool/task.js';
import { abortable } from '../support/abortable.js';
import { rejected } from '../support/promised.js';
import { resultsOrThrow } from '../support/outcomes-by-key.js';
import { dispatchMany } from './dispatch-many.js';
import { absorbs, checkOpen, poolFor } from './dispatch-rules.js';
import type { DispatchSource } from './dispatch-source.js';
import { KeyCall } from './key-call.js';
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

function noteLife<Client>({ fleet }: DispatchSource<Client>, lifeMs: number | undefined): void {
  if (lifeMs !== undefined) fleet.noteLife(lifeMs);
}

function carryOut<Client, Result>(
  source: DispatchSource<Client>,
  warmUp: WarmUp<Client>,
  key: string,
  operation: Operation<Client, Result>,
  miss: Result,
  { effect = 'bound', lifeMs, standIns = true, needsValue = false }: Intent,
): Promise<Result> {
  let owner: NodePool<Client>;
  try {
    owner = poolFor(source, key);
  } catch (error) {
    if (absorbs(source, error)) return Promise.resolve(miss);
    return rejected(error);
  }
  noteLife(source, lifeMs);
  const until = source.onNodeDown === 'next' && standIns ? performance.now() + source.timeoutMs : 0;
  return new KeyCall(source, warmUp, owner, key, operation, miss, effect, until, needsValue).start();
}

/** Sends everything to the node with this id. */
export function dispatchToNode<Client>(source: DispatchSource<Client>, id: string | undefined): NodeDispatch<Client> {
  const run = async <Result>(operation: Operation<Client, Result>, effect: Effect = 'read'): Promise<Result> => {
    checkOpen(source);
    const pool = id === undefined ? undefined : source.fleet.route.pools.get(id);
    if (!pool)
      throw new HerdNodeError({
        what: `Herd "${source.name}" has no such node`,
        received: id,
        remedy: 'pass a node of topology, or one that nodeFor() gave',
      });
    return timed(source, pool.node, () => pool.use(operation, source.timeoutMs, noKeys, effect));
  };
  return {
    run: (operation) => run(operation),
    byKey: (_key, operation, _miss, { signal, lifeMs, effect = 'bound' } = nothing) => {
      noteLife(source, lifeMs);
      return abortable(signal, () => run(operation, effect));
    },
    byKeys: (keys, operation, intent = nothing) =>
      abortable(intent.signal, async () => {
        noteLife(source, intent.lifeMs);
        const own = [...new Set(keys)];
        if (own.length === 0) return new Map();
        return resultsOrThrow(await run((client, node) => operation(client, own, node, Infinity)), intent);
      }),
  };
}
