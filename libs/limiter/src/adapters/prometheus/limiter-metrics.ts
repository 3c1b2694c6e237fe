import { Counter, register as globalRegister, type Registry } from 'prom-client';
import {
  limiterChannels,
  type ClockSkewMessage,
  type ContentionMessage,
  type DecisionMessage,
  type StorageErrorMessage,
} from '../../contracts/diagnostics.js';
import { listen } from '../../support/listen.js';
import type { OptionProblems } from '../../support/option-problems.js';
import { resolveOptions } from '../../support/resolve-options.js';

export interface LimiterMetricsOptions {
  /** Where the metrics are put; prom-client's global registry when absent. */
  readonly register?: Registry;
}

/**
 * What the limiters of this process decide, for Prometheus: `rookery_limiter_decisions_total` (policy, outcome, source),
 * `rookery_limiter_tokens_total` (policy, outcome), `rookery_limiter_storage_errors_total` (storage, policy),
 * `rookery_limiter_contentions_total` and `rookery_limiter_clock_skews_total` (storage). Labels are names that the application
 * configures, never a key. Needs `prom-client`.
 *
 * @returns a function that ends it, and removes the metrics from the registry.
 * @throws LimiterOptionError
 * @example const stop = collectLimiterMetrics();
 */
export function collectLimiterMetrics(options: LimiterMetricsOptions = {}): () => void {
  const { register } = resolveOptions('collectLimiterMetrics', options, { register: globalRegister }, checkRegister);
  const names: string[] = [];
  const counter = <Label extends string>(what: string, help: string, labelNames: readonly Label[]): Counter<Label> => {
    const name = `rookery_limiter_${what}_total`;
    names.push(name);
    return new Counter({ name, help, labelNames, registers: [register] });
  };
  const decisions = counter('decisions', 'Decisions by policy, outcome and who decided', [
    'policy',
    'outcome',
    'source',
  ]);
  const tokens = counter('tokens', 'Tokens requested', ['policy', 'outcome']);
  const errors = counter('storage_errors', 'Failed and late answers of the storage', ['storage', 'policy']);
  const contentions = counter('contentions', 'Buckets that changed at every attempt', ['storage']);
  const skews = counter('clock_skews', 'Buckets that came from the future', ['storage']);

  const unlisten = listen({
    [limiterChannels.decision]: ({ cost, decision: { policy, allowed, shadow, source } }: DecisionMessage) => {
      const outcome = shadow === 'refused' ? 'shadow-refused' : allowed ? 'allowed' : 'refused';
      decisions.inc({ policy, outcome, source });
      if (cost > 0) tokens.inc({ policy, outcome }, cost);
    },
    [limiterChannels.storageError]: ({ storage, policy }: StorageErrorMessage) => errors.inc({ storage, policy }),
    [limiterChannels.contention]: ({ storage }: ContentionMessage) => contentions.inc({ storage }),
    [limiterChannels.clockSkew]: ({ storage }: ClockSkewMessage) => skews.inc({ storage }),
  });
  return () => {
    unlisten();
    for (const name of names) register.removeSingleMetric(name);
  };
}

function checkRegister({ register }: Required<LimiterMetricsOptions>, problems: OptionProblems): void {
  const fits = typeof (register as Partial<Registry> | null)?.registerMetric === 'function';
  problems.check(fits, 'collectLimiterMetrics.register', register, 'must be a Registry of prom-client');
}
