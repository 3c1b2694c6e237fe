import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { Dispatch, Effect, Intent, NodeDispatch, Operation } from '../contracts/dispatch.js';
import type { Driver, Failure } from '../contracts/driver.js';
import type { KeyValueCommands, KeyValueNodeCommands } from '../contracts/key-value-commands.js';
import type { Node } from '../contracts/node.js';
import { promiseOf } from '../support/answers.js';
import { resultsOrThrow } from '../support/outcomes-by-key.js';
import { ContractViolation } from './contract-check.js';

/** A driver with the usual commands, whatever its client. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyDriver = Driver<any, KeyValueCommands, KeyValueNodeCommands>;

/** Every wait of the suite ends by then. */
const patienceMs = 10_000;

/** One client of the driver under test, its commands, and the effects that they gave to the dispatch. */
export class DriverBench {
  private readonly prefix = randomBytes(6).toString('hex');
  readonly effects: (Effect | undefined)[] = [];
  /** What the next operations may give as a life at most. */
  maxTtlMs = Infinity;
  readonly client: unknown;
  readonly commands: KeyValueCommands;
  readonly nodeCommands: KeyValueNodeCommands;

  constructor(
    readonly driver: AnyDriver,
    readonly node: Node,
  ) {
    this.client = driver.open(node);
    this.commands = driver.commands(this.dispatch());
    this.nodeCommands = driver.nodeCommands(this.dispatch());
  }

  readonly key = (name: string): string => `${this.prefix}:${name}`;

  /** @returns whose fault it was that `work` failed; `none` when it did not fail, `never` when it did not end. */
  async failure(work: Promise<unknown>): Promise<Failure | 'none' | 'never'> {
    const ended = work.then(
      () => 'none' as const,
      (error: unknown) => this.driver.classify(error),
    );
    return Promise.race([ended, pause(patienceMs, 'never' as const, { ref: false })]);
  }

  async until(what: string, condition: () => Promise<boolean>): Promise<void> {
    for (const start = Date.now(); !(await condition()); await pause(20)) {
      if (Date.now() - start > patienceMs) throw new ContractViolation(`waited ${patienceMs} ms in vain until ${what}`);
    }
  }

  close(): Promise<void> {
    return this.driver.close(this.client);
  }

  private dispatch(): NodeDispatch<unknown> & Dispatch<unknown> {
    const run = <Result>(operation: Operation<unknown, Result>): Promise<Result> =>
      promiseOf(operation(this.client, this.node, this.maxTtlMs));
    return {
      run,
      byKey: (_key, operation, _miss, intent: Intent = {}) => {
        this.effects.push(intent.effect);
        return run(operation);
      },
      byKeys: async (keys, operation, intent = {}) => {
        this.effects.push(intent.effect ?? 'read');
        const own = [...new Set(keys)];
        return own.length === 0
          ? new Map()
          : resultsOrThrow(await operation(this.client, own, this.node, this.maxTtlMs), intent);
      },
    };
  }
}
