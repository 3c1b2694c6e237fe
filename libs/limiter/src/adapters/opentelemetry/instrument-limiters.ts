import { metrics, trace, type Attributes, type MeterProvider } from '@opentelemetry/api';
import { limiterChannels, type DecisionMessage, type StorageErrorMessage } from '../../contracts/diagnostics.js';
import { listen } from '../../support/listen.js';
import type { OptionProblems } from '../../support/option-problems.js';
import { resolveOptions } from '../../support/resolve-options.js';

const NAME = '@rookery/limiter';

export interface LimiterInstrumentationOptions {
  /** Default: the global one. */
  readonly meterProvider?: MeterProvider;
}

/**
 * Each decision as an event `rookery.limiter.decision` of the span that is active, which is the request's, and in the counters
 * `rookery.limiter.decisions` and `rookery.limiter.storage.errors`. Their attributes are `rookery.limiter.policy`, `.outcome`
 * (`allowed`, `refused`, `shadow-refused`), `.source` and `.storage`; never a key. Needs `@opentelemetry/api`.
 *
 * @returns a function that ends it.
 * @throws LimiterOptionError
 * @example const stop = instrumentLimiters();
 */
export function instrumentLimiters(options: LimiterInstrumentationOptions = {}): () => void {
  const defaults = { meterProvider: metrics };
  const { meterProvider } = resolveOptions('instrumentLimiters', options, defaults, checkProvider);
  const meter = meterProvider.getMeter(NAME);
  const decisions = meter.createCounter('rookery.limiter.decisions', {
    description: 'Decisions that charge or refuse.',
    unit: '{decision}',
  });
  const errors = meter.createCounter('rookery.limiter.storage.errors', {
    description: 'Failed and late answers of a storage.',
    unit: '{error}',
  });
  return listen({
    [limiterChannels.decision]: (message: DecisionMessage) => {
      const attributes = attributesOf(message);
      decisions.add(1, attributes);
      const { remaining } = message.decision;
      trace.getActiveSpan()?.addEvent('rookery.limiter.decision', {
        ...attributes,
        'rookery.limiter.cost': message.cost,
        'rookery.limiter.remaining': remaining,
      });
    },
    [limiterChannels.storageError]: ({ storage, policy }: StorageErrorMessage) =>
      errors.add(1, { 'rookery.limiter.storage': storage, 'rookery.limiter.policy': policy }),
  });
}

function checkProvider({ meterProvider }: Required<LimiterInstrumentationOptions>, problems: OptionProblems): void {
  const fits = typeof (meterProvider as Partial<MeterProvider> | null)?.getMeter === 'function';
  problems.check(fits, 'instrumentLimiters.meterProvider', meterProvider, 'must be a MeterProvider');
}

function attributesOf({ storage, decision: { policy, allowed, shadow, source } }: DecisionMessage): Attributes {
  return {
    'rookery.limiter.policy': policy,
    'rookery.limiter.outcome': shadow === 'refused' ? 'shadow-refused' : allowed ? 'allowed' : 'refused',
    'rookery.limiter.source': source,
    'rookery.limiter.storage': storage,
  };
}
