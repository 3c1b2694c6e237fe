import { Injectable } from '@nestjs/common';
import {
  type ClockSkewMessage,
  type ContentionMessage,
  type DecisionMessage,
  limiterChannels,
  type StorageErrorMessage,
} from '@rookery/limiter';
import { Counter, Registry } from 'prom-client';
import { ChannelCollector } from './channel-collector.js';

/** Labels are names of policies and storages: as many as the application configures. Buckets are not told. */
@Injectable()
export class LimiterMetrics extends ChannelCollector {
  readonly #decisions: Counter<'policy' | 'outcome' | 'source'>;
  readonly #tokens: Counter<'policy' | 'outcome'>;
  readonly #errors: Counter<'storage' | 'policy'>;
  readonly #contentions: Counter<'storage'>;
  readonly #skews: Counter<'storage'>;

  protected readonly listeners = {
    [limiterChannels.decision]: (message: DecisionMessage) => this.#decided(message),
    [limiterChannels.storageError]: ({ storage, policy }: StorageErrorMessage) => this.#errors.inc({ storage, policy }),
    [limiterChannels.contention]: ({ storage }: ContentionMessage) => this.#contentions.inc({ storage }),
    [limiterChannels.clockSkew]: ({ storage }: ClockSkewMessage) => this.#skews.inc({ storage }),
  };

  constructor(registry: Registry) {
    super();
    const registers = [registry];
    this.#decisions = new Counter({
      name: 'rookery_limiter_decisions_total',
      help: 'Decisions by policy, outcome and who decided',
      labelNames: ['policy', 'outcome', 'source'],
      registers,
    });
    this.#tokens = new Counter({
      name: 'rookery_limiter_tokens_total',
      help: 'Tokens asked for',
      labelNames: ['policy', 'outcome'],
      registers,
    });
    this.#errors = new Counter({
      name: 'rookery_limiter_storage_errors_total',
      help: 'Failed and late answers of the storage',
      labelNames: ['storage', 'policy'],
      registers,
    });
    this.#contentions = new Counter({
      name: 'rookery_limiter_contentions_total',
      help: 'Buckets that changed at every attempt',
      labelNames: ['storage'],
      registers,
    });
    this.#skews = new Counter({
      name: 'rookery_limiter_clock_skews_total',
      help: 'Buckets that came from the future',
      labelNames: ['storage'],
      registers,
    });
  }

  #decided({ cost, decision: { policy, allowed, shadow, source } }: DecisionMessage): void {
    const outcome = shadow === 'refused' ? 'shadow-refused' : allowed ? 'allowed' : 'refused';
    this.#decisions.inc({ policy, outcome, source });
    this.#tokens.inc({ policy, outcome }, cost);
  }
}
