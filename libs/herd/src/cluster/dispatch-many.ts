import type { Dispatch, Intent, ManyOperation } from '../contracts/dispatch.js';
import type { HerdOperationError } from '../errors/operation-errors.js';
import type { NodePool } from '../pool/node-pool.js';
import type { DispatchSource } from './dispatch-source.js';
import { isOperationError } from '../support/operation-failure.js';
import { resultsOrThrow } from '../support/outcomes-by-key.js';
import { absorbs, failsOver, leftUntil, mayArriveLate, poolFor, standIn } from './dispatch-rules.js';
import { publishFailure } from './publish.js';
import { timed } from './timed.js';
import type { WarmUp } from './warm-up.js';

type Failures = Map<string, HerdOperationError>;

/** Routes the keys of one call, each to its own node, by the table of this moment. */
export const dispatchMany =
  <Client>(source: DispatchSource<Client>, warmUp: WarmUp<Client>): Dispatch<Client>['byKeys'] =>
  (keys, operation, intent) =>
    new ManyKeys(source, warmUp, operation, intent).carryOut([...new Set(keys)]);

/** One call with many keys: what came of each so far. */
class ManyKeys<Client, Result> {
  private readonly results = new Map<string, Result>();
  private readonly failures: Failures = new Map();
  private readonly until: number;
  private readonly effect: NonNullable<Intent['effect']>;

  constructor(
    private readonly source: DispatchSource<Client>,
    private readonly warmUp: WarmUp<Client>,
    private readonly operation: ManyOperation<Client, Result>,
    { effect = 'read', lifeMs }: Intent = {},
  ) {
    if (lifeMs !== undefined) source.fleet.noteLife(lifeMs);
    this.effect = effect;
    this.until = performance.now() + source.timeoutMs;
  }

  async carryOut(keys: readonly string[]): Promise<Map<string, Result>> {
    const groups = grouped(keys, (key) => {
      try {
        return poolFor(this.source, key);
      } catch (error) {
        this.fail(key, error);
        return undefined;
      }
    });
    await Promise.all([...groups].map(([pool, own]) => this.begin(pool, own)));
    const thrown = [...this.failures].filter(([, error]) => !absorbs(this.source, error));
    return thrown.length === 0
      ? this.results
      : resultsOrThrow(new Map<string, Result | Error>([...this.results, ...thrown]), this.effect);
  }

  /** Keys that must not be read now fail alone; nodes that owned a key before forget it before it is written. */
  private async begin(pool: NodePool<Client>, keys: readonly string[]): Promise<void> {
    if (this.effect !== 'read') {
      await Promise.all(keys.map(async (key) => this.source.fleet.beforeWrite(key, pool.node.id)));
      return this.carry(pool, keys, [pool]);
    }
    const unreadable = pool.unreadable(keys);
    const readable = unreadable.length === 0 ? keys : keys.filter((key) => !unreadable.includes(key));
    const parts = [unreadable, readable].filter((own) => own.length > 0);
    await Promise.all(parts.map((own) => this.carry(pool, own, [pool])));
    const missed = readable.filter((key) => !this.results.has(key) && !this.failures.has(key));
    const copied = await this.warmUp.copyAll(missed, pool, leftUntil(this.until));
    if (copied.length > 0) await this.carry(pool, copied, [pool]);
  }

  /** @param tried the nodes that had their turn, this one among them. */
  private async carry(
    pool: NodePool<Client>,
    keys: readonly string[],
    tried: readonly NodePool<Client>[],
  ): Promise<void> {
    const failed = await this.run(pool, keys, tried.length === 1 ? Infinity : this.source.failoverTtlMs);
    const mayMove = (error: HerdOperationError): boolean =>
      this.source.onNodeDown === 'next' && this.effect !== 'bound' && failsOver(error) && leftUntil(this.until) > 1;
    const groups = grouped([...failed.keys()], (key) => {
      const next = mayMove(failed.get(key)!) ? standIn(this.source, key, tried) : undefined;
      if (!next) this.failures.set(key, failed.get(key)!);
      return next;
    });
    await Promise.all([...groups].map(([next, own]) => this.carry(next, own, [...tried, next])));
  }

  private async run(pool: NodePool<Client>, keys: readonly string[], maxTtlMs: number): Promise<Failures> {
    const { name } = this.source;
    let outcomes: ReadonlyMap<string, Result | Error> = new Map();
    let broken: unknown;
    try {
      await timed(name, pool.node, () =>
        pool.use(
          async (client, node) => {
            outcomes = await this.operation(client, keys, node, maxTtlMs);
            // The pool judges the node by this operation, of which a part has failed.
            for (const outcome of outcomes.values())
              if (outcome instanceof Error && !(isOperationError(outcome) && outcome.failure === 'request'))
                throw outcome;
          },
          leftUntil(this.until),
          keys,
          this.effect,
        ),
      );
    } catch (error) {
      if (!isOperationError(error)) throw error;
      broken = error;
    }
    const failed: Failures = new Map();
    for (const key of keys) {
      const outcome = outcomes.get(key) ?? (outcomes.has(key) ? undefined : broken);
      if (isOperationError(outcome)) failed.set(key, outcome);
      else if (outcomes.has(key)) this.results.set(key, outcome as Result);
    }
    for (const error of new Set(failed.values())) publishFailure(name, pool.node, error);
    this.forget(pool, failed);
    return failed;
  }

  /** What did not surely reach the node is forgotten there, but for a caller that hears of it. */
  private forget(pool: NodePool<Client>, failed: Failures): void {
    if (this.effect !== 'write' || this.source.onNodeDown === 'error') return;
    const missed = [...failed].filter(([, { failure }]) => failure !== 'request');
    for (const late of [true, false]) {
      const keys = missed.filter(([, error]) => mayArriveLate(error) === late).map(([key]) => key);
      if (keys.length > 0) pool.doubt(keys, late);
    }
  }

  private fail(key: string, error: unknown): void {
    if (!isOperationError(error)) throw error;
    this.failures.set(key, error);
  }
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
