import type { ClusterConfig } from './cluster-config.js';

/**
 * How a config relates to the newest one seen: a node that lags gives an older one (`stale`); other nodes under the same
 * version cannot be (`conflict`).
 */
export type Progress = 'current' | 'stale' | 'conflict';

export function progress(newest: ClusterConfig | undefined, config: ClusterConfig): Progress {
  if (newest === undefined || config.version > newest.version) return 'current';
  if (config.version < newest.version) return 'stale';
  return listOf(config) === listOf(newest) ? 'current' : 'conflict';
}

/** By name: a node that is replaced under its name may bring a new address alone. */
const listOf = ({ nodes }: ClusterConfig): string =>
  nodes
    .map(({ id }) => id)
    .sort()
    .join(' ');
