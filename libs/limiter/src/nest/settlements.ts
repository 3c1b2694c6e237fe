import type { Policy } from '../contracts/policy.js';
import type { Reservation } from '../service/reservation.js';

interface Unsettled {
  readonly reservation: Reservation;
  readonly policy: Pick<Policy, 'count'>;
}

const UNSETTLED = Symbol.for('rookery:limiter:unsettled');
const shared = globalThis as { [UNSETTLED]?: WeakMap<object, Unsettled[]> };

/**
 * What calls still hold, until they have succeeded or failed. By call, and gone with it; for the whole process, as guard and
 * interceptor may come from two builds of this package.
 */
const unsettled = (shared[UNSETTLED] ??= new WeakMap());

export function holdUntilSettled(call: object, held: Unsettled): void {
  unsettled.set(call, [...(unsettled.get(call) ?? []), held]);
}

/**
 * The call is over: it counts no more among those at once. Where failures alone count, one that succeeded is given back what it
 * holds. Without effect the second time.
 */
export function settle(call: object, failed: boolean): void {
  const held = unsettled.get(call) ?? [];
  unsettled.delete(call);
  for (const { reservation, policy } of held) {
    const ended = policy.count === 'failures' && !failed ? reservation.settle(0) : reservation.release();
    // The call has been answered. A storage that fails now was published, and what stays charged drains.
    ended.catch(() => undefined);
  }
}
