import type { Invalidation, InvalidationBus, InvalidationListener } from '../contracts/invalidation-bus.js';

/**
 * A bus for herds of one process: pass the same one to each. For several processes see `redisBus` of `@rookery/herd/redis`.
 *
 * @example HerdModule.forRoot({ …, bus: inProcessBus() })
 */
export function inProcessBus(): InvalidationBus {
  const listeners = new Set<InvalidationListener>();
  return Object.freeze({
    name: 'in-process',
    publish: (invalidation: Invalidation) => {
      for (const listener of listeners) listener.onInvalidation(invalidation);
      return Promise.resolve();
    },
    subscribe: (listener: InvalidationListener) => {
      // One of its own for each subscription, so that a listener may come twice.
      const own = { onInvalidation: listener.onInvalidation.bind(listener), onGap: listener.onGap.bind(listener) };
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  });
}
