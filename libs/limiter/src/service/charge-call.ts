import { channel } from 'node:diagnostics_channel';
import type { BucketTable } from '../algorithm/bucket-table.js';
import { openDecision, toDecision } from '../algorithm/decision.js';
import type { Decision, DecisionSource } from '../contracts/decision.js';
import { limiterChannels, type DecisionMessage } from '../contracts/diagnostics.js';
import type { AnswerListener, AppliedCost, LimiterStorage } from '../contracts/limiter-storage.js';
import type { MaybePromise } from '../contracts/maybe-promise.js';
import { openOutcome, outcomeOf, type Charge, type ChargeOutcome } from './charge.js';
import { applyTo } from '../support/apply-to.js';
import type { ListenedCall } from './storage-gate.js';

const decisionChannel = channel(limiterChannels.decision);

/** The call to the storage that charges one bucket; what its answer becomes is left open. */
abstract class ChargeCall<R> implements ListenedCall<readonly AppliedCost[], R> {
  constructor(
    protected readonly storage: LimiterStorage,
    protected readonly charge: Charge,
  ) {}

  get policy(): string {
    return this.charge.policy.name;
  }

  send(): MaybePromise<readonly AppliedCost[]> {
    return this.storage.apply(this.charge.request);
  }

  sendTo(listener: AnswerListener): void {
    applyTo(this.storage, this.charge.request, listener);
  }

  decideLocally(table: BucketTable, now: number): readonly AppliedCost[] {
    return table.apply(this.charge.request, now);
  }

  abandon(): void {
    const { request } = this.charge;
    if ('abandoned' in request) request.abandoned = true;
  }

  abstract result(applied: readonly AppliedCost[], source: DecisionSource): R;
  abstract openResult(): R;
}

/** A charge that may be settled later, or be given back as others refuse: it is published after that. */
export class ReserveCall extends ChargeCall<ChargeOutcome> {
  override result(applied: readonly AppliedCost[], source: DecisionSource): ChargeOutcome {
    return outcomeOf(this.charge, applied[0]!, source);
  }

  override openResult(): ChargeOutcome {
    return openOutcome(this.charge);
  }
}

/** A charge that is decided for good, and published at once. */
export class ConsumeCall extends ChargeCall<Decision> {
  override result(applied: readonly AppliedCost[], source: DecisionSource): Decision {
    const { policy, cost } = this.charge;
    return publishDecision(this.storage, cost, toDecision(policy, cost, applied[0]!, source));
  }

  override openResult(): Decision {
    return publishDecision(this.storage, this.charge.cost, openDecision(this.charge.policy));
  }
}

/** The difference between what was reserved and what was used: it is published nowhere, as nobody decides it. */
export class SettleCall extends ChargeCall<void> {
  override result(): void {}

  override openResult(): void {}
}

export function publishDecision({ name: storage }: LimiterStorage, cost: number, decision: Decision): Decision {
  if (decisionChannel.hasSubscribers) decisionChannel.publish({ storage, cost, decision } satisfies DecisionMessage);
  return decision;
}
