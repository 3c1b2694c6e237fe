import type { Discovered, Discovery } from '../contracts/discovery.js';
import type { Duration } from '../contracts/duration.js';
import { HerdDiscoveryError } from '../errors/discovery-error.js';
import { problemOf } from '../support/message-of.js';
import { checked, checkShape, readDuration } from '../support/option-checks.js';
import { within } from '../support/within.js';
import { readNodes } from './static-nodes.js';
import type { StaticNode } from './static-nodes.js';

/** What a callback may answer: nodes in any form that {@link staticNodes} accepts, also with a version. */
export type CallbackAnswer =
  readonly StaticNode[] | Readonly<{ nodes: readonly StaticNode[]; version?: number | bigint }>;

/** How a callback is called. */
export interface CallbackNodesOptions {
  /** For messages. Default `callback`. */
  name?: string;
  /** How long one call may take. Default `1500ms`. */
  timeout?: Duration;
}

/**
 * Asks a function of yours for the nodes at every tick: a registry, a database, an API.
 *
 * @example callbackNodes(async (signal) => (await fetch('http://registry/caches', { signal })).json())
 *
 * @throws HerdOptionError unless `ask` is a function and the options are right. Its `nodes` throws
 * {@link HerdDiscoveryError} for a call that fails or is late, and HerdOptionError for an answer that is empty or malformed.
 */
export function callbackNodes(
  ask: (signal: AbortSignal) => CallbackAnswer | Promise<CallbackAnswer>,
  options: CallbackNodesOptions = {},
): Discovery {
  const { name, timeoutMs } = resolve(ask, options);
  const late = (): Error =>
    new HerdDiscoveryError({
      what: `Discovery "${name}" gave no answer within ${timeoutMs} ms`,
      remedy: 'end the call when its signal aborts, or raise timeout',
    });

  return {
    name,
    async nodes(signal): Promise<Discovered> {
      const answer = await within(timeoutMs, signal, late, async (own) => ask(own)).catch((cause: unknown) => {
        if (signal.aborted || cause instanceof HerdDiscoveryError) throw cause;
        throw new HerdDiscoveryError({
          what: `Discovery "${name}" failed: ${problemOf(cause)}`,
          remedy: 'see the cause',
          cause,
        });
      });
      const { nodes, version } = hasNodes(answer) ? answer : { nodes: answer };
      const found = { nodes: readNodes(nodes) };
      return version === undefined ? found : { ...found, version };
    },
  };
}

const resolve = (ask: unknown, options: CallbackNodesOptions): { name: string; timeoutMs: number } =>
  checked((problems) => {
    problems.check(
      typeof ask === 'function',
      'discovery',
      ask,
      'must be a function that gives nodes; pass callbackNodes(async () => [...])',
    );
    const { name = 'callback', timeout = '1500ms' } = checkShape(problems, options, ['name', 'timeout']);
    problems.check(
      typeof name === 'string' && name !== '',
      'name',
      name,
      `must be a text; leave it out for 'callback'`,
    );
    return { name, timeoutMs: readDuration(problems, 'timeout', timeout) };
  });

const hasNodes = (answer: CallbackAnswer): answer is Exclude<CallbackAnswer, readonly StaticNode[]> =>
  typeof answer === 'object' && answer !== null && 'nodes' in answer;
