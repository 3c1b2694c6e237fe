import type { Discovered, Discovery } from '../contracts/discovery.js';
import { toMs } from '../support/duration.js';
import type { Duration } from '../contracts/duration.js';
import { within } from '../support/within.js';
import { HerdDiscoveryError } from '../errors/discovery-error.js';
import { messageOf } from '../support/message-of.js';
import { HerdOptionError } from '../errors/option-error.js';
import { staticNodes } from './static-nodes.js';
import type { StaticNode } from './static-nodes.js';

/** What a callback may answer: nodes in any form that {@link staticNodes} takes, also with a version. */
export type CallbackAnswer =
  readonly StaticNode[] | Readonly<{ nodes: readonly StaticNode[]; version?: number | bigint }>;

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
 * @throws {@link HerdOptionError} unless `ask` is a function. Its `nodes` throws {@link HerdDiscoveryError} for a call that
 * fails or is late, and {@link HerdOptionError} for an answer that is empty or malformed.
 */
export function callbackNodes(
  ask: (signal: AbortSignal) => CallbackAnswer | Promise<CallbackAnswer>,
  options: CallbackNodesOptions = {},
): Discovery {
  const { name = 'callback', timeout = '1500ms' } = options;
  if (typeof ask !== 'function')
    throw new HerdOptionError(
      'discovery',
      'needs a function that gives nodes',
      ask,
      'pass callbackNodes(async () => [...])',
    );
  const timeoutMs = toMs(timeout, 'timeout');
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
          what: `Discovery "${name}" failed: ${messageOf(cause)}`,
          remedy: 'see the cause',
          cause,
        });
      });
      const { nodes, version } = hasNodes(answer) ? answer : { nodes: answer };
      const found = await staticNodes(nodes).nodes(signal);
      return version === undefined ? found : { ...found, version };
    },
  };
}

const hasNodes = (answer: CallbackAnswer): answer is Exclude<CallbackAnswer, readonly StaticNode[]> =>
  typeof answer === 'object' && answer !== null && 'nodes' in answer;
