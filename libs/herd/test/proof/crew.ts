import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { Order, Report, Setting } from './messages.js';

const loader = fileURLToPath(new URL('../../../../scripts/run-typescript.cjs', import.meta.url));

/** Several processes that act together, in one round after the other. */
export class Crew {
  private constructor(private readonly members: readonly ChildProcess[]) {}

  static async start(size: number): Promise<Crew> {
    const members = await Promise.all(
      Array.from({ length: size }, async () => {
        const member = fork(fileURLToPath(new URL('child.ts', import.meta.url)), [], {
          execArgv: ['--require', loader, '--conditions=@rookery/source'],
          serialization: 'advanced',
        });
        await once(member, 'message');
        return member;
      }),
    );
    return new Crew(members);
  }

  get size(): number {
    return this.members.length;
  }

  async begin(setting: Omit<Setting, 'index' | 'processes'>): Promise<void> {
    await Promise.all(
      this.members.map((member, index) =>
        tell(member, { kind: 'begin', setting: { ...setting, index, processes: this.size } }),
      ),
    );
  }

  tell(order: Order): Promise<readonly Report[]> {
    return Promise.all(this.members.map((member) => tell(member, order)));
  }

  async close(): Promise<void> {
    await Promise.all(
      this.members.map(async (member) => {
        const exit = once(member, 'exit');
        member.disconnect();
        await exit;
      }),
    );
  }
}

/** @throws Error where the process has ended in place of an answer. */
async function tell(member: ChildProcess, order: Order): Promise<Report> {
  const ended = new AbortController();
  const exit = (): void => ended.abort(new Error(`a process ended at ${order.kind}`));
  member.once('exit', exit);
  try {
    const answer = once(member, 'message', { signal: ended.signal });
    member.send(order);
    return ((await answer) as [Report])[0];
  } finally {
    member.off('exit', exit);
  }
}
