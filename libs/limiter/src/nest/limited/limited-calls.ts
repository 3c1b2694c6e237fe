import type { Decision } from '../../contracts/decision.js';
import { CallLimitedError } from '../../errors/call-errors.js';
import { LimiterKeyError } from '../../errors/request-errors.js';
import type { Limiter, PolicyCharge } from '../../service/limiter.js';
import type { Reservation } from '../../service/reservation.js';
import type { LimitedDeclaration } from './limited-options.js';

type Method = (...args: unknown[]) => unknown;
type Options = Readonly<{
  key?: (...args: unknown[]) => unknown;
  cost?: number | ((...args: unknown[]) => number | Promise<number>);
  onLimited?: (decision: Decision, ...args: unknown[]) => unknown;
}>;

/** The `@Limited` of one method that name one limiter: charged together, all or none, before the method runs. */
export class LimitedCalls {
  constructor(
    private readonly method: string,
    private readonly limiter: Limiter,
    private readonly declarations: readonly LimitedDeclaration[],
  ) {}

  async run(instance: object, method: Method, args: unknown[]): Promise<unknown> {
    const due: { readonly declaration: LimitedDeclaration; readonly charge: PolicyCharge; readonly cost: number }[] =
      [];
    for (const declaration of this.declarations) {
      const cost = await this.#costOf(declaration, args);
      if (cost === 0) continue;
      due.push({ declaration, cost, charge: [declaration.policy, await this.#keyOf(declaration, args), { cost }] });
    }
    if (due.length === 0) return method.apply(instance, args);
    const { allowed, reservations } = await this.limiter.reserveAll(due.map(({ charge }) => charge));
    if (!allowed) return this.#refuse(reservations.at(-1)!, args);
    const end = (failed: boolean): void => {
      for (const reservation of reservations) this.#end(reservation, failed, due);
    };
    try {
      const result = await method.apply(instance, args);
      end(false);
      return result;
    } catch (error) {
      end(true);
      throw error;
    }
  }

  async #keyOf({ policy, options }: LimitedDeclaration, args: unknown[]): Promise<string> {
    const { key } = options as Options;
    if (key === undefined) return this.method;
    const found = await key(...args);
    if (typeof found === 'string' || typeof found === 'bigint' || Number.isFinite(found)) return String(found);
    throw new LimiterKeyError(policy, found);
  }

  async #costOf({ options }: LimitedDeclaration, args: unknown[]): Promise<number> {
    const { cost = 1 } = options as Options;
    return typeof cost === 'function' ? await cost(...args) : cost;
  }

  async #refuse({ decision }: Reservation, args: unknown[]): Promise<unknown> {
    const { onLimited } = this.declarations.find(({ policy }) => policy === decision.policy)!.options as Options;
    if (onLimited === undefined) throw new CallLimitedError(this.method, decision);
    return await onLimited(decision, ...args);
  }

  #end(
    reservation: Reservation,
    failed: boolean,
    due: readonly { readonly declaration: LimitedDeclaration; readonly cost: number }[],
  ): void {
    const { policy } = reservation.decision;
    const { cost } = due.find(({ declaration }) => declaration.policy === policy)!;
    const givenBack = !failed && this.limiter.policy(policy).count === 'failures';
    // The call has been answered. A storage that fails now was published, and what stays charged drains.
    reservation.settle(givenBack ? 0 : cost).catch(() => undefined);
  }
}
