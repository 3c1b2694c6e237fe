import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DECISION_CHANNEL, type DecisionMessage, STORAGE_ERROR_CHANNEL, type StorageErrorMessage } from '@rookery/limiter';
import { contentionChannel, type ContentionMessage } from '@rookery/limiter/memcached';
import { Counter, Registry } from 'prom-client';

/** Counts what the limiter publishes on its diagnostics channels. */
@Injectable()
export class LimiterMetrics implements OnModuleInit, OnModuleDestroy {
  readonly registry = new Registry();
  readonly #decisions = this.#counter('rookery_limiter_decisions_total', 'Decisions by policy, outcome and who decided', ['policy', 'outcome', 'source']);
  readonly #tokens = this.#counter('rookery_limiter_tokens_total', 'Tokens asked for', ['policy', 'outcome']);
  readonly #errors = this.#counter('rookery_limiter_storage_errors_total', 'Failed and late answers of the storage', ['storage', 'policy']);
  readonly #contentions = this.#counter('rookery_limiter_contentions_total', 'Buckets that changed at every attempt', ['storage']);

  readonly #listeners: readonly (readonly [channel: string | symbol, listen: (message: unknown) => void])[] = [
    [DECISION_CHANNEL, (message) => this.#decided(message as DecisionMessage)],
    [STORAGE_ERROR_CHANNEL, (message) => this.#failed(message as StorageErrorMessage)],
    [contentionChannel.name, (message) => this.#contentions.inc({ storage: (message as ContentionMessage).storage })],
  ];

  onModuleInit(): void {
    for (const [channel, listen] of this.#listeners) subscribe(channel, listen);
  }

  onModuleDestroy(): void {
    for (const [channel, listen] of this.#listeners) unsubscribe(channel, listen);
  }

  #decided({ cost, decision: { policy, allowed, shadow, source } }: DecisionMessage): void {
    const outcome = shadow === 'refused' ? 'shadow-refused' : allowed ? 'allowed' : 'refused';
    this.#decisions.inc({ policy, outcome, source });
    this.#tokens.inc({ policy, outcome }, cost);
  }

  #failed({ storage, policy }: StorageErrorMessage): void {
    this.#errors.inc({ storage, policy });
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }
}
