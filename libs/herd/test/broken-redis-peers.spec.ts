import { connect } from 'node:net';
import type { Socket } from 'node:net';

import {
  HerdNodeError,
  HerdOverloadError,
  HerdRefusedError,
  HerdRequestError,
  HerdTimeoutError,
  startHerd,
  staticNodes,
} from '@rookery/herd';
import { redis } from '@rookery/herd/redis';
import { startRedis } from '@rookery/services';
import type { RunningServer } from '@rookery/services';

import { until } from './poll.js';
import { startPeer } from './scripted-peer.js';

/** What becomes of a request for the key `bad`; all else goes to the real server. */
type Act = (client: Socket) => void;

/** A peer between the herd and a real Redis. */
async function startBetween(
  server: RunningServer,
  act: Act,
  toClient: (client: Socket, reply: Buffer) => void = (client, reply) => void client.write(reply),
) {
  return startPeer((client) => {
    const upstream = connect(server.port, server.host);
    upstream.on('error', () => client.destroy());
    upstream.on('data', (reply) => toClient(client, reply));
    client.on('close', () => upstream.destroy());
    client.on('data', (request: Buffer) => (request.includes('$3\r\nbad\r\n') ? act(client) : upstream.write(request)));
  });
}

describe('against a Redis that misbehaves, an operation fails clearly, and the next one is unharmed', () => {
  let server: RunningServer;
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  beforeAll(async () => {
    server = await startRedis();
    process.on('unhandledRejection', note);
    process.on('uncaughtExceptionMonitor', note);
  }, 30_000);
  afterAll(async () => {
    process.off('unhandledRejection', note);
    process.off('uncaughtExceptionMonitor', note);
    await server?.stop();
    expect(unhandled).toEqual([]);
  });
  const strictHerd = (address: string, timeoutMs = 200) =>
    startHerd({
      discovery: staticNodes([address]),
      driver: redis({ defaultTtl: '1m' }),
      timeoutMs,
      firstContactMs: 5000,
      onNodeDown: 'error',
      ejectAfter: 100,
    });

  it.each<[string, Act, new (...args: never[]) => Error]>([
    ['closes', (client) => void client.end(), HerdNodeError],
    ['resets', (client) => void client.resetAndDestroy(), HerdNodeError],
    ['says nothing', () => undefined, HerdTimeoutError],
    ['stops in the middle of a value', (client) => void client.write('$10\r\n"hal'), HerdTimeoutError],
    ['closes in the middle of a value', (client) => void client.end('$10\r\n"hal'), HerdNodeError],
    ['speaks another protocol', (client) => void client.write('HTTP/1.1 400 Bad Request\r\n\r\n'), HerdNodeError],
    ['refuses the command', (client) => void client.write('-ERR unknown command\r\n'), HerdRequestError],
    [
      'is out of memory',
      (client) => void client.write(`-OOM command not allowed when used memory > 'maxmemory'.\r\n`),
      HerdOverloadError,
    ],
    [
      'is a replica',
      (client) => void client.write(`-READONLY You can't write against a read only replica.\r\n`),
      HerdRefusedError,
    ],
    [
      'loads its data',
      (client) => void client.write('-LOADING Redis is loading the dataset in memory\r\n'),
      HerdRefusedError,
    ],
    ['sends broken JSON', (client) => void client.write('$8\r\n{"half":\r\n'), HerdRequestError],
  ])('%s', async (_case, act, error) => {
    const between = await startBetween(server, act);
    const herd = await strictHerd(between.address);
    await herd.withPolicy({ timeoutMs: 5000 }).set('good', 'ok');
    const asked = error === HerdTimeoutError ? herd : herd.withPolicy({ timeoutMs: 5000 });
    await expect(asked.get('bad')).rejects.toThrow(error);
    // One that refuses all is left until a probe finds that it accepts writes.
    const patient = herd.withPolicy({ timeoutMs: 5000 });
    await until('it is used again', () => patient.get('good').then(Boolean, () => false));
    for (let i = 0; i < 3; i++) expect(await patient.get('good')).toBe('ok');
    await herd.close();
    await between.close();
  });

  it('an answer after the deadline is never taken for another one', async () => {
    let late: (() => void) | undefined;
    const between = await startBetween(server, (client) => void (late = () => client.write('$6\r\n"late"\r\n')));
    const herd = await strictHerd(between.address);
    await herd.withPolicy({ timeoutMs: 5000 }).set('good', 'ok');
    const before = between.connections;
    await expect(herd.get('bad')).rejects.toThrow(HerdTimeoutError);
    late!();
    expect(await herd.withPolicy({ timeoutMs: 5000 }).get('good')).toBe('ok');
    expect(between.connections).toBe(before + 1);
    await herd.close();
    await between.close();
  });

  it('reads replies that are torn at every byte', async () => {
    const between = await startBetween(
      server,
      () => undefined,
      (client, reply) => {
        for (const byte of reply) client.write(Buffer.from([byte]));
      },
    );
    const herd = await strictHerd(between.address, 10_000);
    const values = ['a\r\nb', 'é😀', { deep: ['value'] }, 7, null];
    for (const [i, value] of values.entries()) expect(await herd.set(`torn-${i}`, value)).toBe(true);
    expect(await herd.getMany(values.map((_, i) => `torn-${i}`))).toEqual(
      new Map(values.map((value, i) => [`torn-${i}`, value])),
    );
    expect([await herd.get('none'), await herd.incr('torn-3'), await herd.delete('torn-0')]).toEqual([
      undefined,
      8,
      true,
    ]);
    await herd.close();
    await between.close();
  });
});
