import { memcachedPackageClient, type MemcachedPackage } from './memcached-package.js';

/** A pool that answers on command, and counts what it has under way. */
class HeldPool implements Pick<MemcachedPackage, 'del' | 'poolSize'> {
  readonly poolSize = 2;
  readonly replies: (() => void)[] = [];
  del(_key: string, reply: (error: unknown, result: boolean) => void): void {
    this.replies.push(() => reply(undefined, true));
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('client of the memcached package', () => {
  it('lets commands wait that the pool would refuse', async () => {
    const pool = new HeldPool();
    const client = memcachedPackageClient(pool as never, 5000);
    const answers = Promise.all(['a', 'b', 'c', 'd', 'e'].map((key) => client.delete(key)));
    expect(pool.replies).toHaveLength(2);
    for (let reply = 0; reply < 5; reply++) {
      pool.replies[reply]!();
      await turn();
    }
    expect(await answers).toEqual([true, true, true, true, true]);
    expect(pool.replies).toHaveLength(5);
  });

  it('serves the next after commands that were never answered', async () => {
    const pool = new HeldPool();
    const client = memcachedPackageClient(pool as never, 20);
    const late = await Promise.allSettled(['a', 'b', 'c'].map((key) => client.delete(key)));
    expect(late.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    const next = client.delete('d');
    pool.replies.at(-1)!();
    expect(await next).toBe(true);
    for (const reply of pool.replies) reply();
    await turn();
    expect(pool.replies.length).toBe(4);
  });
});
