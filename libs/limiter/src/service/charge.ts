import { openDecision, toDecision } from '../algorithm/decision.js';
import { chargeAll } from '../algorithm/room.js';
import type { Decision, DecisionSource } from '../contracts/decision.js';
import type { AppliedCost, ApplyRequest } from '../contracts/limiter-storage.js';
import type { Policy } from '../contracts/policy.js';
import type { ListenedRequest } from './key-queue.js';

/** `cost` tokens of one bucket under one policy, checked and not yet decided. */
export interface Charge {
  readonly policy: Policy;
  readonly cost: number;
  readonly request: ApplyRequest | ListenedRequest;
}

/** What came of a charge. */
export interface ChargeOutcome {
  readonly charge: Charge;
  readonly decision: Decision;
  /** Tokens that lie in the bucket for it. */
  readonly charged: number;
  /** What the buckets answered; `undefined` where the call passed without any. */
  readonly applied: AppliedCost | undefined;
}

export function outcomeOf(
  charge: Charge,
  applied: AppliedCost,
  source: DecisionSource,
  charged = applied.allowed ? charge.cost : 0,
): ChargeOutcome {
  return { charge, decision: toDecision(charge.policy, charge.cost, applied, source), charged, applied };
}

/** The call passes, and no bucket was charged. */
export function openOutcome(charge: Charge): ChargeOutcome {
  return { charge, decision: openDecision(charge.policy), charged: 0, applied: undefined };
}

/** `outcome` as it stands when its tokens are given back. */
export function refundedOutcome(outcome: ChargeOutcome): ChargeOutcome {
  const { charge, decision, applied } = outcome;
  if (applied?.allowed !== true) return { ...outcome, charged: 0 };
  const levels = chargeAll(charge.policy.limits, applied.levels, -charge.cost).map((level, index) =>
    charge.policy.limits[index]!.kind === 'concurrency' ? level - 1 : level,
  );
  return outcomeOf(charge, { ...applied, levels }, decision.source, 0);
}
