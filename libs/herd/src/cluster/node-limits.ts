import type { Node } from '../contracts/node.js';
import type { PoolOptions } from '../pool/node-pool.js';
import { checked, checkShape } from '../support/option-checks.js';
import { checkLimits, limitNames } from './herd-options.js';
import type { NodeLimits } from './herd-options.js';

type Limits = Omit<PoolOptions, 'pingTimeoutMs'> & Readonly<{ perNode: (node: Node) => NodeLimits }>;

/** @returns `options` with what `perNode` gives for `node`. @throws HerdOptionError for what it must not give. */
export function limitsOf<Options extends Limits>(options: Options, node: Node): Options {
  return checked((problems) => {
    const merged = { ...options, ...checkShape(problems, options.perNode(node), limitNames, 'perNode.') };
    checkLimits(problems, merged, 'perNode.');
    return merged;
  });
}
