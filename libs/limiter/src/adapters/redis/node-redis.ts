import { messageOf } from '../../errors/message-of.js';
import { demotion } from './demotion.js';
import type { RedisClient } from './redis-client.js';
import { Silence } from './silence.js';
import { checkClientTimeout } from '../../support/client-timeout.js';

/** What the storage calls of the package `redis` (node-redis): of `createClient()` and of `createCluster()`. */
export interface NodeRedisClient {
  evalSha(sha1: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  del(key: string): Promise<unknown>;
  readonly isReady?: boolean;
  destroy?(): void;
  connect?(): Promise<unknown>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as the package has it
  on?(event: string, listener: (...args: any[]) => void): unknown;
  /** Of a cluster alone. */
  readonly masters?: unknown;
}

const SILENCE_MS = 500;
/** What the server sends begins with a code; what the package itself reports does not. */
const SERVER_ERROR = /^[A-Z]{2,}\b/;

/**
 * Options for `createClient()` of the package `redis` with which a dead or frozen server fails fast. Add your own address:
 * `createClient({ ...nodeRedisClientOptions(50), url })`; for one in `socket` spread these too. A server that is
 * demoted or frozen is left by the storage itself.
 *
 * @param timeoutMs the limiter's `timeoutMs`, which is the deadline of a call: those here are longer, as they only clean up
 */
export function nodeRedisClientOptions(timeoutMs: number) {
  checkClientTimeout('nodeRedisClientOptions', timeoutMs);
  const silenceMs = Math.max(SILENCE_MS, 2 * timeoutMs);
  return {
    /** While there is no connection a request fails at once. */
    disableOfflineQueue: true,
    commandOptions: { timeout: silenceMs },
    socket: {
      connectTimeout: Math.max(1000, timeoutMs),
      socketTimeout: silenceMs,
      reconnectStrategy: (attempt: number): number => Math.min(20 * (attempt + 1), 500),
    },
    /** An idle connection receives something before `socketTimeout`. */
    pingInterval: silenceMs / 2,
  };
}

/** Whether `client` is of node-redis: its commands have names of their own. */
export function isNodeRedis(client: unknown): client is NodeRedisClient {
  const node = client as Partial<NodeRedisClient> | undefined | null;
  return (['evalSha', 'eval', 'del'] as const).every((command) => typeof node?.[command] === 'function');
}

const adapted = new WeakMap<NodeRedisClient, RedisClient>();

/** `client` with the commands of ioredis. */
export function fromNodeRedis(client: NodeRedisClient): RedisClient {
  let made = adapted.get(client);
  if (made === undefined) adapted.set(client, (made = adapt(client)));
  return made;
}

function adapt(client: NodeRedisClient): RedisClient {
  const options = (count: number, rest: readonly (string | number)[]) => {
    const texts = rest.map(String);
    return { keys: texts.slice(0, count), arguments: texts.slice(count) };
  };
  const isCluster = client.masters !== undefined;
  const leave = (): void => {
    if (!isCluster && client.isReady === true) reconnect(client);
  };
  const silence = new Silence({ silenceMs: SILENCE_MS, leave, nowMs: () => performance.now() });
  const isDemoted = demotion();
  const asked = <T>(reply: Promise<T>): Promise<T> => {
    silence.asked();
    return reply.then(
      (answer) => {
        silence.heard();
        return answer;
      },
      (error: unknown) => {
        const message = messageOf(error);
        if (SERVER_ERROR.test(message)) silence.heard();
        if (isDemoted(message)) leave();
        throw error;
      },
    );
  };
  return {
    isCluster,
    evalsha: (sha1, count, ...rest) => asked(client.evalSha(sha1, options(count, rest))),
    eval: (script, count, ...rest) => asked(client.eval(script, options(count, rest))),
    del: (key) => asked(client.del(key)),
    on: (event: string, listener: (error: unknown) => void) => client.on?.(event, listener),
  };
}

/** Of its own the package stays with a server as long as the connection is open. */
function reconnect(client: NodeRedisClient): void {
  if (client.destroy === undefined || client.connect === undefined) return;
  client.destroy();
  // It goes on trying by itself, and reports why it fails by its event.
  client.connect().catch(() => undefined);
}
