import { channel } from 'node:diagnostics_channel';
import type { BucketTable } from '../algorithm/bucket-table.js';
import { openDecision, toDecision } from '../algorithm/decision.js';
import { chargeAll } from '../algorithm/leaky-bucket.js';
import type { Decision, DecisionSource } from '../contracts/decision.js';
import { limiterChannels, type DecisionMessage } from '../contracts/diagnostics.js';
import type { AppliedCost, ApplyRequest, LimiterStorage } from '../contracts/limiter-storage.js';
import type { MaybePromise } from '../contracts/maybe-promise.js';
import type { Policy } from '../contracts/policy.js';
import { Reservation, type CombinedReservation } from './reservation.js';
import type { Question, StorageGate } from './storage-gate.js';

/** A question that was checked: `cost` tokens of one bucket. */
export interface Claim {
  readonly rule: Policy;
  readonly cost: number;
  readonly request: ApplyRequest;
}

const decisionChannel = channel(limiterChannels.decision);

/** Charges buckets: one, several as one, and what is settled afterwards. */
export class Bookings {
  constructor(
    private readonly storage: LimiterStorage,
    private readonly gate: StorageGate,
  ) {}

  decide(claim: Claim): MaybePromise<Decision> {
    return this.gate.ask(new Consumption(this.storage, claim));
  }

  reserve(claims: readonly Claim[]): MaybePromise<CombinedReservation> {
    if (claims.length !== 1) return this.#reserveTogether(claims);
    const booked = this.gate.ask(new Booking(this.storage, claims[0]!));
    return booked instanceof Promise
      ? booked.then((each) => this.#reserved([each]))
      : this.#reserved([booked as Booked]);
  }

  /** Claims in shadow mode can refuse nothing, so they are asked last, and only of a call that passes. */
  async #reserveTogether(claims: readonly Claim[]): Promise<CombinedReservation> {
    const enforced = claims.filter((claim) => claim.rule.mode === 'enforce');
    const booked = new Map((await this.#bookTogether(enforced)).map((each) => [each.claim, each]));
    if ([...booked.values()].every((each) => each.decision.allowed)) {
      for (const claim of claims) if (claim.rule.mode === 'shadow') booked.set(claim, await this.#book(claim));
    }
    return this.#reserved(claims.map((claim) => booked.get(claim)).filter((each) => each !== undefined));
  }

  #reserved(booked: readonly Booked[]): CombinedReservation {
    for (const { claim, decision } of booked) tell(this.storage, claim, decision);
    return {
      allowed: booked.every((each) => each.decision.allowed),
      reservations: booked.map((each) => this.#reservation(each)),
    };
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
        return booked.map((each) => each.uncharged());
      }
      return booked;
    } catch (error) {
      await this.#takeBack(booked);
      throw error;
    }
  }

  async #bookAtOnce(claims: readonly Claim[]): Promise<Booked[]> {
    const requests = claims.map((claim) => claim.request);
    return this.gate.ask<readonly AppliedCost[], Booked[]>({
      policy: claims.map((claim) => claim.rule.name).join(','),
      ask: () => this.storage.applyAll!(requests),
      askLocal: (table, now) => table.applyAll(requests, now),
      answer: (outcomes, source) => {
        const refused = outcomes.some((outcome) => !outcome.allowed);
        return outcomes.map((outcome, index) => booking(claims[index]!, outcome, source, refused ? 0 : undefined));
      },
      open: () => claims.map(unknown),
    });
  }

  async #book(claim: Claim): Promise<Booked> {
    return this.gate.ask(new Booking(this.storage, claim));
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
      askLocal: (table: BucketTable, now: number) => applyLocal(table, claim, costs, now),
      answer: () => undefined,
      open: () => undefined,
    };
    if (source === 'local') this.gate.askLocal(question);
    else await this.gate.ask<unknown, undefined>(question);
  }
}

/** A claim that was decided. */
class Booked {
  constructor(
    readonly claim: Claim,
    readonly decision: Decision,
    /** Tokens that lie in the bucket for it. */
    readonly charged: number,
    private readonly outcome?: AppliedCost,
  ) {}

  /** As it stands when the charge is taken back. */
  uncharged(): Booked {
    const { claim, decision, outcome } = this;
    if (outcome?.allowed !== true) return new Booked(claim, decision, 0, outcome);
    const levels = chargeAll(claim.rule.limits, outcome.levels, -claim.cost);
    return new Booked(
      claim,
      toDecision(claim.rule, claim.cost, { allowed: true, levels }, decision.source),
      0,
      outcome,
    );
  }
}

/** The question that each way of charging one bucket asks. */
abstract class Charging<R> implements Question<readonly AppliedCost[], R> {
  constructor(
    protected readonly storage: LimiterStorage,
    protected readonly claim: Claim,
  ) {}

  get policy(): string {
    return this.claim.rule.name;
  }

  ask(): MaybePromise<readonly AppliedCost[]> {
    return this.storage.apply(this.claim.request);
  }

  askLocal(table: BucketTable, now: number): readonly AppliedCost[] {
    return applyLocal(table, this.claim, this.claim.request.costs, now);
  }

  abstract answer(outcomes: readonly AppliedCost[], source: DecisionSource): R;
  abstract open(): R;
}

class Booking extends Charging<Booked> {
  override answer(outcomes: readonly AppliedCost[], source: DecisionSource): Booked {
    return booking(this.claim, outcomes[0]!, source);
  }

  override open(): Booked {
    return unknown(this.claim);
  }
}

/** What is decided for good, and told at once. */
class Consumption extends Charging<Decision> {
  override answer(outcomes: readonly AppliedCost[], source: DecisionSource): Decision {
    const { rule, cost } = this.claim;
    return tell(this.storage, this.claim, toDecision(rule, cost, outcomes[0]!, source));
  }

  override open(): Decision {
    return tell(this.storage, this.claim, openDecision(this.claim.rule));
  }
}

function booking(
  claim: Claim,
  outcome: AppliedCost,
  source: DecisionSource,
  charged = outcome.allowed ? claim.cost : 0,
): Booked {
  return new Booked(claim, toDecision(claim.rule, claim.cost, outcome, source), charged, outcome);
}

function unknown(claim: Claim): Booked {
  return new Booked(claim, openDecision(claim.rule), 0);
}

function applyLocal(
  table: BucketTable,
  { request }: Claim,
  costs: readonly number[],
  now: number,
): readonly AppliedCost[] {
  return table.apply(request.key, request.limits, costs, now);
}

function tell(storage: LimiterStorage, { cost }: Claim, decision: Decision): Decision {
  if (decisionChannel.hasSubscribers)
    decisionChannel.publish({ storage: storage.name, cost, decision } satisfies DecisionMessage);
  return decision;
}
