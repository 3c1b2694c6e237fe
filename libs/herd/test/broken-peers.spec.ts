import {
  HerdNodeError,
  HerdOverloadError,
  HerdRequestError,
  HerdTimeoutError,
  startHerd,
  staticNodes,
} from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { startMemcachedNode } from '@rookery/herd/testing';

import { until } from './poll.js';
import { startScriptedServer } from './scripted-server.js';
import type { Script } from './scripted-server.js';

const hit = (key: string, json: string) => `VALUE ${key} 2 ${json.length}\r\n${json}\r\nEND\r\n`;

async function against<Result>(
  script: Script,
  use: (herd: Awaited<ReturnType<typeof strictHerd>>, server: { connections(): number }) => Promise<Result>,
): Promise<Result> {
  const server = await startScriptedServer({ 'get good': hit('good', '"ok"'), ...script });
  const herd = await strictHerd(server.address);
  try {
    return await use(herd, server);
  } finally {
    await herd.close();
    await server.close();
  }
}
const strictHerd = (address: string) =>
  startHerd({
    discovery: staticNodes([address]),
    driver: memcached(),
    timeoutMs: 10_000,
    onNodeDown: 'error',
    ejectAfter: 100,
  });

describe('against a peer that misbehaves, an operation fails clearly, and the next one is unharmed', () => {
  it.each<[string, Script[string], new (...args: never[]) => Error]>([
    ['closes', (socket) => void socket.end(), HerdNodeError],
    ['resets', (socket) => void socket.resetAndDestroy(), HerdNodeError],
    ['says nothing', () => undefined, HerdTimeoutError],
    ['stops in the middle of a value', (socket) => void socket.write('VALUE bad 2 10\r\n"hal'), HerdTimeoutError],
    ['closes in the middle of a value', (socket) => void socket.end('VALUE bad 2 10\r\n"hal'), HerdNodeError],
    ['speaks another protocol', 'HTTP/1.1 400 Bad Request\r\n\r\n', HerdNodeError],
    ['sends garbage', '\0\x01\x02\xff\r\n', HerdNodeError],
    ['sends a value longer than it says', 'VALUE bad 2 1\r\n"too long"\r\nEND\r\n', HerdNodeError],
    ['refuses the command', 'ERROR\r\n', HerdRequestError],
    ['complains of the client', 'CLIENT_ERROR bad command line format\r\n', HerdRequestError],
    ['is out of memory', 'SERVER_ERROR out of memory writing get response\r\n', HerdOverloadError],
    ['fails amid values', `VALUE bad 2 1\r\n1\r\nSERVER_ERROR out of memory\r\n`, HerdOverloadError],
    ['answers another question', 'STORED\r\n', HerdNodeError],
    ['sends broken JSON', hit('bad', '{"half":'), HerdRequestError],
  ])('%s', async (_case, act, error) => {
    await against({ 'get bad': act }, async (herd) => {
      const asked = error === HerdTimeoutError ? herd.withPolicy({ timeoutMs: 200 }) : herd;
      await expect(asked.get('bad')).rejects.toThrow(error);
      for (let i = 0; i < 3; i++) expect(await herd.get('good')).toBe('ok');
    });
  });

  it('an answer without a request ends the connection, not the process', async () => {
    await against({ 'get twice': `${hit('twice', '1')}${hit('twice', '2')}` }, async (herd) => {
      expect(await herd.get('twice')).toBe(1);
      expect(await herd.get('good')).toBe('ok');
      expect(await herd.get('good')).toBe('ok');
    });
  });

  it.each<[string, string]>([
    ['a value of another key', hit('other', '"of another"')],
    ['a value of another key beside its own', `VALUE bad 2 1\r\n1\r\n${hit('other', '2')}`],
    ['the answer to another question', 'STORED\r\n'],
    ['a count', '5\r\n'],
  ])('%s ends the connection, and reaches nobody', async (_case, reply) => {
    await against({ 'get bad': reply }, async (herd, server) => {
      await herd.get('good');
      const before = server.connections();
      const asked = await Promise.allSettled([herd.get('bad'), herd.get('good'), herd.get('good')]);
      expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      for (const { reason } of asked as PromiseRejectedResult[]) expect(reason).toBeInstanceOf(HerdNodeError);
      expect(await herd.get('good')).toBe('ok');
      expect(server.connections()).toBe(before + 1);
    });
  });

  it('a value of another key reaches nobody in getMany either', async () => {
    await against({ 'get bad worse': hit('other', '1') }, async (herd) => {
      await expect(herd.getMany(['bad', 'worse'])).rejects.toThrow(HerdNodeError);
      expect(await herd.get('good')).toBe('ok');
    });
  });

  it('an answer after the deadline is never taken for another one', async () => {
    let late: (() => void) | undefined;
    await against(
      { 'get slow': (socket) => void (late = () => socket.write(hit('slow', '"late"'))) },
      async (herd, server) => {
        const before = server.connections();
        await expect(herd.withPolicy({ timeoutMs: 200 }).get('slow')).rejects.toThrow(HerdTimeoutError);
        late!();
        expect(await herd.get('good')).toBe('ok');
        expect(server.connections()).toBe(before + 1);
      },
    );
  });

  it('reads a reply that is torn at every byte', async () => {
    const tearing: Script[string] = (socket) => {
      socket.setNoDelay(true);
      for (const byte of hit('torn', '"a\\r\\nb"')) socket.write(byte);
    };
    await against({ 'get torn': tearing }, async (herd) => expect(await herd.get('torn')).toBe('a\r\nb'));
  });

  it('keeps all that waited for one connection apart', async () => {
    await against({ 'get other': hit('other', '"other"') }, async (herd) => {
      const all = Array.from({ length: 300 }, (_, i) => herd.get(i % 2 ? 'good' : 'other'));
      expect(await Promise.all(all)).toEqual(all.map((_, i) => (i % 2 ? 'ok' : 'other')));
    });
  });
});

it('does not take a token of a server’s former life', async () => {
  const options = { driver: memcached({ defaultTtl: '1m' }), onNodeDown: 'error' } as const;
  const first = await startMemcachedNode();
  const herd = await startHerd({ discovery: staticNodes([`127.0.0.1:${first.port}`]), ...options });
  await herd.set('k', 'a');
  const { cas } = (await herd.gets('k'))!;
  await first.close();
  const second = await startMemcachedNode({ port: first.port });
  await until('the new server is used', () => herd.set('k', 'b').catch(() => false));
  expect((await herd.gets('k'))!.cas.split('/')[0]).toBe(cas.split('/')[0]);
  expect(await herd.cas('k', 'c', cas)).toBe('exists');
  expect(await herd.get('k')).toBe('b');
  await herd.close();
  await second.close();
});

it('reaches a node by its IPv6 address', async () => {
  const node = await startMemcachedNode({ host: '::1' });
  const herd = await startHerd({
    discovery: staticNodes([`[::1]:${node.port}`]),
    driver: memcached({ defaultTtl: '1m' }),
    onNodeDown: 'error',
  });
  expect(await herd.set('k', 1)).toBe(true);
  await herd.close();
  await node.close();
});
