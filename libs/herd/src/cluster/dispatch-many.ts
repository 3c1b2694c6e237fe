import type { Dispatch, Intent, ManyOperation } from '../contracts/dispatch.js';
import type { HerdOperationError } from '../errors/operation-errors.js';
import { isStored } from '../pool/health.js';
import type { NodePool } from '../pool/node-pool.js';
import { SharedTask } from '../pool/shared-task.js';
import { isOperationError } from '../support/operation-failure.js';
import { resultsOrThrow } from '../support/outcomes-by-key.js';
import { absorbs, changesValue, doubtAfter, failsOver, leftUntil, poolFor, standIn } from './dispatch-rules.js';
import type { DispatchSource } from './dispatch-source.js';
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
  private readonly wholeMs: number;
  private readonly effect: NonNullable<Intent['effect']>;
  /** Until when stand-ins have their turn. */
  private readonly standInsUntil: number;

  constructor(
    private readonly source: DispatchSource<Client>,
    private readonly warmUp: WarmUp<Client>,
    private readonly operation: ManyOperation<Client, Result>,
    private readonly intent: Intent = {},
  ) {
    const { effect = 'read', lifeMs, standIns = true } = intent;
    this.effect = effect;
    this.wholeMs = source.timeoutMs;
    this.until = performance.now() + source.timeoutMs;
    this.standInsUntil = standIns ? this.until : 0;
    if (lifeMs !== undefined) source.fleet.noteLife(lifeMs);
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
    const { route } = this.source.fleet;
    await Promise.all([...groups].map(([pool, own]) => this.carryToOwner(pool, own)));
    if (this.effect !== 'read') for (const key of keys) this.source.fleet.endedWrite(key, route);
    const thrown = [...this.failures].filter(([, error]) => !absorbs(this.source, error));
    return thrown.length === 0
      ? this.inOrder(keys)
      : resultsOrThrow(new Map<string, Result | Error>([...this.results, ...thrown]), this.intent);
  }

  /** Results come node by node, and what was copied last. */
  private inOrder(keys: readonly string[]): Map<string, Result> {
    const { results } = this;
    if (this.effect !== 'read') return results;
    const ordered = new Map<string, Result>();
    for (const key of keys) if (results.has(key)) ordered.set(key, results.get(key)!);
    return ordered;
  }

  private async carryToOwner(pool: NodePool<Client>, keys: readonly string[]): Promise<void> {
    if (this.effect !== 'read') return this.carryWrites(pool, keys);
    await this.carry(pool, keys, [pool]);
    await this.copyWhatMoved(pool, keys);
  }

  /** What needs the value that is there has it copied first. */
  private async carryWrites(pool: NodePool<Client>, keys: readonly string[]): Promise<void> {
    if (this.intent.needsValue !== true) return this.carryOnceLeft(pool, keys);
    await this.byFormerOwner(pool, keys, async (own) => {
      await this.copy(pool, own);
      await this.carryOnceLeft(pool, own);
    });
  }

  /** Keys wait for the node alone from which they may be copied. */
  private async byFormerOwner(
    pool: NodePool<Client>,
    keys: readonly string[],
    work: (own: readonly string[]) => Promise<void>,
  ): Promise<void> {
    const groups = grouped(keys, (key) => this.source.fleet.warmSource(key, pool.node.id) ?? pool);
    await Promise.all([...groups.values()].map(work));
  }

  private copy(pool: NodePool<Client>, keys: readonly string[]): Promise<readonly string[]> {
    return this.warmUp.copyAll(keys, pool, { until: this.until, wholeMs: this.wholeMs });
  }

  /** Keys wait for those nodes alone that had them before. */
  private async carryOnceLeft(pool: NodePool<Client>, keys: readonly string[]): Promise<void> {
    const leaving = new Map<string, Promise<unknown>>();
    const groups = grouped(keys, (key) => {
      const before = this.source.fleet.beforeWrite(key, pool.node.id, leftUntil(this.until));
      if (before) leaving.set(key, before.left);
      return before?.nodes ?? '';
    });
    const carry = async (own: readonly string[]): Promise<void> => {
      const left = await Promise.all(own.map((key) => this.hasLeft(pool, key, leaving.get(key))));
      const free = own.filter((_, i) => left[i]);
      if (free.length > 0) await this.carry(pool, free, [pool]);
    };
    await Promise.all([...groups.values()].map(carry));
  }

  private async hasLeft(pool: NodePool<Client>, key: string, leaving: Promise<unknown> | undefined): Promise<boolean> {
    try {
      await leaving;
      return true;
    } catch (error) {
      this.fail(key, error);
      publishFailure(this.source.name, pool.node, error);
      this.source.fleet.wroteTo(key);
      return false;
    }
  }

  private async copyWhatMoved(pool: NodePool<Client>, keys: readonly string[]): Promise<void> {
    const missing = keys.filter((key) => !this.results.has(key) && !this.failures.has(key));
    await this.byFormerOwner(pool, missing, async (own) => {
      const copied = await this.copy(pool, own);
      if (copied.length > 0) await this.carry(pool, copied, [pool]);
    });
  }

  /** @param tried the nodes that had their turn, this one among them. */
  private async carry(
    pool: NodePool<Client>,
    keys: readonly string[],
    tried: readonly NodePool<Client>[],
  ): Promise<void> {
    const stoodIn = tried.length > 1;
    const failed = await this.run(pool, keys, stoodIn ? this.source.failoverTtlMs : Infinity);
    if (this.effect !== 'read') for (const key of keys) if (!failed.has(key)) this.noteWrite(key, pool, stoodIn);
    const groups = grouped([...failed.keys()], (key) => {
      const error = failed.get(key)!;
      const next = failsOver(this.source, this.effect, error, this.standInsUntil)
        ? standIn(this.source, key, tried)
        : undefined;
      if (next) return next;
      this.failures.set(key, error);
      if (changesValue(this.effect)) this.source.fleet.wroteTo(key);
      return undefined;
    });
    await Promise.all([...groups].map(([next, own]) => this.carry(next, own, [...tried, next])));
  }

  /** What stand-ins were given before is old by now. */
  private noteWrite(key: string, pool: NodePool<Client>, stoodIn: boolean): void {
    const { fleet } = this.source;
    fleet.wroteTo(key, stoodIn ? pool.node.id : undefined);
    if (stoodIn) fleet.stoodIn(key, pool.node.id);
  }

  private async run(pool: NodePool<Client>, keys: readonly string[], maxTtlMs: number): Promise<Failures> {
    const { name } = this.source;
    let outcomes: ReadonlyMap<string, Result | Error> = new Map();
    let broken: HerdOperationError | undefined;
    const hear = (heard: ReadonlyMap<string, Result | Error>): boolean => {
      outcomes = heard;
      // The pool judges the node by this operation, of which a part has failed.
      for (const outcome of outcomes.values()) if (countsAgainstNode(outcome)) throw outcome;
      return [...outcomes.values()].some(isStored);
    };
    const time = { leftMs: leftUntil(this.until), wholeMs: this.wholeMs };
    const task = new SharedTask(this.operation, keys, time, maxTtlMs, this.effect, hear);
    try {
      await timed(this.source, pool.node, () => pool.perform(task));
    } catch (error) {
      if (!isOperationError(error)) throw error;
      broken = error;
    }
    const failed: Failures = new Map();
    for (const key of keys) {
      const outcome = outcomes.has(key) ? outcomes.get(key) : (task.leftOut.get(key) ?? broken);
      if (isOperationError(outcome)) failed.set(key, outcome);
      else if (outcomes.has(key)) this.results.set(key, outcome as Result);
    }
    for (const error of new Set(failed.values())) publishFailure(name, pool.node, error);
    for (const [key, error] of failed) doubtAfter(this.source, pool, key, this.effect, error);
    return failed;
  }

  private fail(key: string, error: unknown): void {
    if (!isOperationError(error)) throw error;
    this.failures.set(key, error);
  }
}

const countsAgainstNode = (outcome: unknown): outcome is Error =>
  outcome instanceof Error && !(isOperationError(outcome) && outcome.failure === 'request');

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
