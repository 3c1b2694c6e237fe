import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RoomServer } from '../room-state.js';
import { parentControl } from './server-control.js';

const SERVER: RoomServer = { service: 'memcached', address: '127.0.0.1:1', state: 'running' };

/** The other end, in a process of its own: answers by the address in the request. */
const OTHER_END = `process.on('message', ({ id, action, address }) => {
  if (address === 'wrong') return process.send({ id, error: 'no server of this run has the address wrong' });
  const state = action === 'kill' ? 'killed' : 'running';
  process.send({ id: id + 1000, answer: [] }); // Of nobody's question.
  process.send({ id, answer: [{ service: 'memcached', address: '127.0.0.1:1', state }] });
});`;

describe('the control by the parent process', () => {
  it('finds no servers where no process listens', async () => {
    const alone = { send: undefined, on: process.on.bind(process), channel: undefined } as unknown as NodeJS.Process;
    expect(await parentControl(alone)({ action: 'list' })).toEqual([]);
  });

  it('matches answers to requests, also when they are sent at once, and passes on what was refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'control-'));
    writeFileSync(join(folder, 'other-end.cjs'), OTHER_END);
    const child = fork(join(folder, 'other-end.cjs'), { execArgv: [] });
    try {
      const control = parentControl(child as unknown as NodeJS.Process);
      const [list, killed, refused] = await Promise.allSettled([
        control({ action: 'list' }),
        control({ action: 'kill', address: '127.0.0.1:1' }),
        control({ action: 'kill', address: 'wrong' }),
      ]);
      expect(list).toMatchObject({ value: [SERVER] });
      expect(killed).toMatchObject({ value: [{ ...SERVER, state: 'killed' }] });
      expect(refused).toMatchObject({ reason: new Error('no server of this run has the address wrong') });
      child.kill();
      await once(child, 'exit');
      await expect(control({ action: 'list' })).rejects.toThrow(/channel/i);
    } finally {
      child.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 30_000);
});
