import { startMemcachedNode } from '@rookery/herd/testing';
import type { MemcachedNode } from '@rookery/herd/testing';
import { startMemcached } from '@rookery/services';
import type { RunningServer } from '@rookery/services';

import { exchange } from './exchange.js';

/** The real memcached and the embedded node, which receive the same commands from their start. */
export interface NodePair {
  readonly real: RunningServer;
  readonly embedded: MemcachedNode;
  /** Sends `script` to both. @returns what each answered; where only seconds that have passed differ, the same text. */
  ask(script: string, tear?: boolean): Promise<{ expected: string; answered: string }>;
  stop(): Promise<void>;
}

export async function startNodePair(): Promise<NodePair> {
  const real = await startMemcached();
  if (real.name !== 'memcached') {
    const message = 'The embedded node is compared with itself: install the package memcached';
    if (process.env.CI) throw new Error(message);
    console.warn(message);
  }
  const embedded = await startMemcachedNode();
  return {
    real,
    embedded,
    async ask(script, tear = false) {
      const expected = await exchange(real.port, script);
      const answered = await exchange(embedded.port, script, tear);
      return { expected, answered: alike(answered, expected) ? expected : answered };
    },
    async stop() {
      await real.stop();
      await embedded.close();
    },
  };
}

/** Seconds left and seconds since, in replies to `mg` and `ma`: a second may end between the two servers' answers. */
const seconds = /(?<= [tl])\d+/g;

function alike(one: string, other: string): boolean {
  if (one.replace(seconds, '') !== other.replace(seconds, '')) return false;
  const [mine, theirs] = [one.match(seconds) ?? [], other.match(seconds) ?? []];
  const isOver = (count: number): boolean => count >= 2 ** 31;
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= 2 || (isOver(a) && isOver(b));
  return mine.every((count, i) => near(Number(count), Number(theirs[i])));
}
