import { channel } from 'node:diagnostics_channel';
import { openDecision, toDecision } from '../algorithm/decision.js';
import { charge } from '../algorithm/leaky-bucket.js';
import type { Decision, DecisionSource } from '../contracts/decision.js';
import { DECISION_CHANNEL, type DecisionMessage } from '../contracts/events.js';
import type { AppliedCost, ApplyRequest, LimiterStorage } from '../contracts/limiter-storage.js';
import type { Policy } from '../contracts/policy.js';
import { Reservation, type CombinedReservation } from './reservation.js';
import type { StorageGate } from './storage-gate.js';

/** A question that was checked: `cost` tokens of one bucket. */
export interface Claim {
  readonly rule: Policy;
  readonly cost: number;
  readonly request: ApplyRequest;
}

/** A claim that was decided. `charged` tells how many tokens lie in the bucket for it. */
interface Booked {
  readonly claim: Claim;
  readonly decision: Decision;
  readonly charged: number;
  /** The decision as it stands when the charge is taken back. */
  uncharged(): Decision;
}

const decisionChannel = channel(DECISION_CHANNEL);

/** Charges buckets: one, several as one, and what is settled afterwards. */
export class Bookings {
  constructor(
    private readonly storage: LimiterStorage,
    private readonly gate: StorageGate,
  ) {}

  async decide(claim: Claim): Promise<Decision> {
    const { decision } = await this.#book(claim);
    this.#tell(claim, decision);
    return decision;
  }

  /** Claims in shadow mode can refuse nothing, so they are asked last, and only of a call that passes. */
  async reserve(claims: readonly Claim[]): Promise<CombinedReservation> {
    const [first] = claims;
    if (claims.length === 1) return this.#reserveOne(first!);
    const enforced = claims.filter((claim) => claim.rule.mode === 'enforce');
    const booked = new Map((await this.#bookTogether(enforced)).map((each) => [each.claim, each]));
    const allowed = [...booked.values()].every((each) => each.decision.allowed);
    if (allowed) {
      for (const claim of claims) if (claim.rule.mode === 'shadow') booked.set(claim, await this.#book(claim));
    }
    const inOrder = claims.map((claim) => booked.get(claim)).filter((each) => each !== undefined);
    for (const { claim, decision } of inOrder) this.#tell(claim, decision);
    return { allowed, reservations: inOrder.map((each) => this.#reservation(each)) };
  }

  async #reserveOne(claim: Claim): Promise<CombinedReservation> {
    const booked = await this.#book(claim);
    this.#tell(claim, booked.decision);
    return { allowed: booked.decision.allowed, reservations: [this.#reservation(booked)] };
  }

  async #bookTogether(claims: readonly Claim[]): Promise<Booked[]> {
    if (claims.length > 1 && this.storage.applyAll !== undefined) return this.#bookAtOnce(claims);
    const booked: Booked[] = [];
    try {
      for (const claim of claims) {
        const next = await this.#book(claim);
        booked.push(next);
        if (next.decision.allowed) continue;
        await this.#takeBack(booked);
        return booked.map((each) => ({ ...each, charged: 0, decision: each.uncharged() }));
      }
      return booked;
    } catch (error) {
      await this.#takeBack(booked);
      throw error;
    }
  }

  #bookAtOnce(claims: readonly Claim[]): Promise<Booked[]> {
    const requests = claims.map((claim) => claim.request);
    return this.gate.ask<readonly AppliedCost[], Booked[]>({
      policy: claims.map((claim) => claim.rule.name).join(','),
      ask: () => this.storage.applyAll!(requests),
      askLocal: (table, now) => table.applyAll(requests, now),
      answer: (outcomes, source) => {
        const refused = outcomes.some((outcome) => !outcome.allowed);
        return outcomes.map((outcome, index) => ({ ...booking(claims[index]!, outcome, source), ...(refused && { charged: 0 }) }));
      },
      open: () => claims.map(unknown),
    });
  }

  #book(claim: Claim): Promise<Booked> {
    return this.gate.ask<readonly AppliedCost[], Booked>({
      policy: claim.rule.name,
      ask: () => this.storage.apply(claim.request),
      askLocal: (table, now) => this.#applyLocal(table, claim, claim.request.costs, now),
      answer: ([outcome], source) => booking(claim, outcome!, source),
      open: () => unknown(claim),
    });
  }

  async #takeBack(booked: readonly Booked[]): Promise<void> {
    // What fails was published, and drains by itself.
    await Promise.allSettled(booked.map((each) => this.#reservation(each).settle(0)));
  }

  #reservation({ claim, decision, charged }: Booked): Reservation {
    return new Reservation(decision, charged, (costs) => this.#settle(claim, decision.source, costs));
  }

  async #settle(claim: Claim, source: DecisionSource, costs: readonly number[]): Promise<void> {
    const question = {
      policy: claim.rule.name,
      ask: () => this.storage.apply({ ...claim.request, costs }),
      askLocal: (table: StorageGate['local'], now: number) => this.#applyLocal(table, claim, costs, now),
      answer: () => undefined,
      open: () => undefined,
    };
    if (source === 'local') this.gate.askLocal(question);
    else await this.gate.ask<unknown, undefined>(question);
  }

  #applyLocal(table: StorageGate['local'], { request }: Claim, costs: readonly number[], now: number): readonly AppliedCost[] {
    return table.apply(request.key, request.limits, costs, now);
  }

  #tell({ cost }: Claim, decision: Decision): void {
    if (decisionChannel.hasSubscribers) decisionChannel.publish({ storage: this.storage.name, cost, decision } satisfies DecisionMessage);
  }
}

function booking(claim: Claim, outcome: AppliedCost, source: DecisionSource): Booked {
  const { rule, cost } = claim;
  const decision = toDecision(rule, cost, outcome, source);
  const uncharged = (): Decision => {
    if (!outcome.allowed) return decision;
    return toDecision(rule, cost, { allowed: true, levels: outcome.levels.map((level, index) => charge(rule.limits[index]!, level, -cost)) }, source);
  };
  return { claim, decision, charged: outcome.allowed ? cost : 0, uncharged };
}

function unknown(claim: Claim): Booked {
  const decision = openDecision(claim.rule);
  return { claim, decision, charged: 0, uncharged: () => decision };
}
