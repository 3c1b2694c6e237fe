import Memcached from 'memcached';
import { memcachedPackageClient, memcachedPackageOptions, type MemcachedClient } from '@rookery/limiter/memcached';

/** One real connection pool to one server. `close` ends it. */
export function connectMemcached(address: string, timeoutMs = 2000): { client: MemcachedClient; close: () => void } {
  const memcached = new Memcached(address, { ...memcachedPackageOptions(timeoutMs), poolSize: 10 });
  // The package's own end() leaves a connection open that still waits for an answer.
  const close = () => {
    memcached.end();
    const { connections } = memcached as unknown as { connections: Record<string, { pool: { destroy(): void }[] }> };
    for (const { pool } of Object.values(connections)) for (const socket of [...pool]) socket.destroy();
  };
  return { client: memcachedPackageClient(memcached, timeoutMs), close };
}

/** Counts round trips, and lets a test come between. */
export class SpyClient implements MemcachedClient {
  readonly calls: string[] = [];
  /** What happens to the next write: nothing, its request is lost, or its reply. */
  beforeWrite: (() => Promise<'send' | 'lose-request' | 'lose-reply'>) | undefined;

  constructor(private readonly client: MemcachedClient) {}

  gets(key: string): ReturnType<MemcachedClient['gets']> {
    this.calls.push('gets');
    return this.client.gets(key);
  }

  add(...write: Parameters<MemcachedClient['add']>): Promise<boolean> {
    return this.#write('add', () => this.client.add(...write));
  }

  cas(...write: Parameters<MemcachedClient['cas']>): ReturnType<MemcachedClient['cas']> {
    return this.#write('cas', () => this.client.cas(...write));
  }

  delete(key: string): Promise<boolean> {
    this.calls.push('delete');
    return this.client.delete(key);
  }

  async #write<T>(name: string, send: () => Promise<T>): Promise<T> {
    this.calls.push(name);
    const fate = (await this.beforeWrite?.()) ?? 'send';
    if (fate === 'lose-request') throw new Error('ECONNRESET');
    const reply = await send();
    if (fate === 'lose-reply') throw new Error('ECONNRESET');
    return reply;
  }
}
