import { toDecision } from '../algorithm/decision.js';
import type { Decision, DecisionSource } from '../contracts/decision.js';
import type { AppliedCost, LimiterStorage } from '../contracts/limiter-storage.js';
import type { MaybePromise } from '../contracts/maybe-promise.js';
import { CallDeadline } from './call-deadline.js';
import { openOutcome, outcomeOf, refundedOutcome, type Charge, type ChargeOutcome } from './charge.js';
import { ConsumeCall, publishDecision, ReserveCall, SettleCall } from './charge-call.js';
import { Reservation, type CombinedReservation } from './reservation.js';
import type { StorageGate } from './storage-gate.js';

/** Charges buckets: one, several as one, and what is settled afterwards. */
export class BucketCharger {
  constructor(
    private readonly storage: LimiterStorage,
    private readonly gate: StorageGate,
  ) {}

  /** What is answered at once needs no deadline, and so no call that could miss one. */
  consume(charge: Charge): MaybePromise<Decision> {
    let applied: readonly AppliedCost[] | undefined;
    try {
      applied = this.storage.applyNow?.(charge.request);
    } catch (error) {
      return this.gate.fallBack(new ConsumeCall(this.storage, charge), error);
    }
    if (applied === undefined) {
      const call = new ConsumeCall(this.storage, charge);
      return this.storage.applyTo === undefined ? this.gate.run(call) : this.gate.listen(call);
    }
    const { policy, cost } = charge;
    return publishDecision(this.storage, cost, toDecision(policy, cost, applied[0]!, 'storage'));
  }

  /** @param timeoutMs for all of it, however many steps it takes */
  reserve(charges: readonly Charge[], timeoutMs: number): MaybePromise<CombinedReservation> {
    if (charges.length !== 1) return this.#reserveSeveral(charges, new CallDeadline(timeoutMs));
    const outcome = this.gate.run(new ReserveCall(this.storage, charges[0]!));
    return outcome instanceof Promise
      ? outcome.then((each) => this.#reserved([each]))
      : this.#reserved([outcome as ChargeOutcome]);
  }

  /** Policies in shadow mode can refuse nothing, so they are charged last, and only for a call that passes. */
  async #reserveSeveral(charges: readonly Charge[], deadline: CallDeadline): Promise<CombinedReservation> {
    const enforced = charges.filter(({ policy }) => policy.mode === 'enforce');
    const outcomes = new Map((await this.#chargeAllOrNone(enforced, deadline)).map((each) => [each.charge, each]));
    if ([...outcomes.values()].every(({ decision }) => decision.allowed)) {
      for (const charge of charges)
        if (charge.policy.mode === 'shadow') outcomes.set(charge, await this.#charge(charge, deadline));
    }
    return this.#reserved(charges.map((charge) => outcomes.get(charge)).filter((each) => each !== undefined));
  }

  #reserved(outcomes: readonly ChargeOutcome[]): CombinedReservation {
    for (const { charge, decision } of outcomes) publishDecision(this.storage, charge.cost, decision);
    return {
      allowed: outcomes.every(({ decision }) => decision.allowed),
      reservations: outcomes.map((outcome) => this.#reservation(outcome)),
    };
  }

  async #chargeAllOrNone(charges: readonly Charge[], deadline: CallDeadline): Promise<readonly ChargeOutcome[]> {
    if (charges.length > 1 && this.storage.applyAll !== undefined) return this.#chargeInOneStep(charges);
    const outcomes: ChargeOutcome[] = [];
    try {
      for (const charge of charges) {
        const outcome = await this.#charge(charge, deadline);
        outcomes.push(outcome);
        if (outcome.decision.allowed) continue;
        await this.#refund(outcomes, deadline);
        return outcomes.map(refundedOutcome);
      }
      return outcomes;
    } catch (error) {
      await this.#refund(outcomes, deadline);
      throw error;
    }
  }

  async #chargeInOneStep(charges: readonly Charge[]): Promise<readonly ChargeOutcome[]> {
    const requests = charges.map(({ request }) => request);
    return this.gate.run<readonly AppliedCost[], readonly ChargeOutcome[]>({
      policy: charges.map(({ policy }) => policy.name).join(','),
      send: () => this.storage.applyAll!(requests),
      decideLocally: (table, now) => table.applyAll(requests, now),
      result: (applied, source) => {
        const refused = applied.some(({ allowed }) => !allowed);
        return applied.map((each, index) => outcomeOf(charges[index]!, each, source, refused ? 0 : undefined));
      },
      openResult: () => charges.map(openOutcome),
    });
  }

  async #charge(charge: Charge, deadline: CallDeadline): Promise<ChargeOutcome> {
    // A storage that tries again stops when nobody waits any more.
    const request = { ...charge.request, timeoutMs: Math.max(1, deadline.remainingMs) };
    const outcome = await this.gate.run(new ReserveCall(this.storage, { ...charge, request }), deadline);
    return { ...outcome, charge };
  }

  async #refund(outcomes: readonly ChargeOutcome[], deadline: CallDeadline): Promise<void> {
    // What fails was published, and drains by itself; what is late is not waited for.
    await deadline.atMost(Promise.allSettled(outcomes.map((outcome) => this.#reservation(outcome).settle(0))));
  }

  #reservation({ charge, decision, charged, applied }: ChargeOutcome): Reservation {
    // Nothing to settle where nothing was charged, as others refused: but a lease may be held.
    const lease = applied?.lease;
    return new Reservation(decision, charged, lease !== undefined, (rest) =>
      this.#settle(charge, decision.source, rest, lease),
    );
  }

  async #settle(charge: Charge, source: DecisionSource, rest: number, endLease: number | undefined): Promise<void> {
    const request = { ...charge.request, costs: rest === 0 ? [] : [rest], settle: true, endLease };
    const call = new SettleCall(this.storage, { ...charge, request });
    if (source === 'local') this.gate.runLocally(call);
    else await this.gate.run(call);
  }
}
