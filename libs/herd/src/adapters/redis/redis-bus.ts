import type { Invalidation, InvalidationBus, InvalidationListener } from '../../contracts/invalidation-bus.js';
import { checked, checkShape, hasMethod } from '../../support/option-checks.js';

/** What is needed of an ioredis client: it publishes, and its duplicate subscribes. */
export interface BusClient {
  publish(channel: string, message: string): Promise<unknown>;
  duplicate(): BusSubscriber;
}

/** A connection that only listens. */
export interface BusSubscriber {
  on(event: 'message', listener: (channel: string, message: string) => void): unknown;
  on(event: 'ready' | 'close' | 'error', listener: () => void): unknown;
  subscribe(channel: string): Promise<unknown>;
  disconnect(): void;
}

/** @property channel the name that all processes share. Default `rookery:herd:invalidations`. */
export type RedisBusOptions = Readonly<{ channel?: string }>;

/**
 * Invalidations by Redis pub/sub, in any Redis that all processes reach, also where the herd is one of memcached. The client
 * stays yours; the connection that listens is a duplicate of it, closed with the herd.
 *
 * @example HerdModule.forRoot({ …, bus: redisBus(new Redis('redis://10.0.0.1:6379')) })
 *
 * @throws HerdOptionError
 */
export function redisBus(client: BusClient, options: RedisBusOptions = {}): InvalidationBus {
  const channel = checked((problems) => {
    const isClient = hasMethod(client, 'publish') && hasMethod(client, 'duplicate');
    problems.check(isClient, 'client', client, 'must be a client of ioredis');
    const { channel: name = 'rookery:herd:invalidations' } = checkShape(problems, options, ['channel']);
    problems.check(
      typeof name === 'string' && name !== '',
      'channel',
      name,
      'must be a text; leave it out for the default',
    );
    return name;
  });
  return Object.freeze({
    name: 'redis',
    publish: async (invalidation: Invalidation) => void (await client.publish(channel, JSON.stringify(invalidation))),
    subscribe: (listener: InvalidationListener) => {
      const subscriber = client.duplicate();
      subscriber.on('message', (_channel, text) => {
        const invalidation = parsed(text);
        if (invalidation) listener.onInvalidation(invalidation);
        else listener.onGap();
      });
      // What is published while it is away, or before it listens again, is lost.
      subscriber.on('close', () => listener.onGap());
      subscriber.on('error', () => undefined);
      const listen = (): void =>
        void subscriber.subscribe(channel).then(
          () => listener.onGap(),
          () => undefined,
        );
      subscriber.on('ready', listen);
      listen();
      return () => subscriber.disconnect();
    },
  });
}

function parsed(text: string): Invalidation | undefined {
  try {
    const { origin, herd, namespace, change } = JSON.parse(text) as Partial<Invalidation>;
    const named = [origin, herd, namespace].every((name) => typeof name === 'string');
    return named && isChange(change) ? ({ origin, herd, namespace, change } as Invalidation) : undefined;
  } catch {
    return undefined;
  }
}

function isChange(change: unknown): boolean {
  const { kind, keys, tags } = (change ?? {}) as { kind?: unknown; keys?: unknown; tags?: unknown };
  const isList = (list: unknown): boolean => Array.isArray(list) && list.every((item) => typeof item === 'string');
  return kind === 'all' || (kind === 'keys' && isList(keys)) || (kind === 'tags' && isList(tags));
}
