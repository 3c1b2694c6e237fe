import type { Socket } from 'node:net';

import {
  HerdNodeError,
  HerdOverloadError,
  HerdRequestError,
  HerdTimeoutError,
  startHerd,
  staticNodes,
} from '@rookery/herd';
import { metaMemcached } from '@rookery/herd/meta-memcached';

import { until } from './poll.js';
import { startPeer } from './scripted-peer.js';

/** What the peer does with a request for the key `bad`, whose number is `opaque`; all else it answers as memcached does. */
type Act = (socket: Socket, opaque: number) => void;

const hit = (opaque: number, json: string) => `VA ${json.length} f2 O${opaque}\r\n${json}\r\n`;
/** The peer names a key, though no request has it do so. */
const named = (key: string, opaque: number, json: string) => `VA ${json.length} k${key} f2 O${opaque}\r\n${json}\r\n`;
const says =
  (text: (opaque: number) => string): Act =>
  (socket, opaque) =>
    void socket.write(text(opaque));

/** Requests must come without data blocks. */
function serving(act: Act): (socket: Socket) => void {
  return (socket) => {
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      text += String(chunk);
      const lines = text.split('\r\n');
      text = lines.pop()!;
      for (const line of lines) {
        const [, key, opaque] = /^m\w (\S+) .*O(\d+)/.exec(line) ?? [];
        if (key === 'bad') act(socket, Number(opaque));
        else if (key !== undefined) socket.write(hit(Number(opaque), JSON.stringify(`of ${key}`)));
        else socket.write(line === 'version' ? 'VERSION 1.6.40\r\n' : 'MN\r\n');
      }
    });
  };
}

const strictHerd = (address: string) =>
  startHerd({
    discovery: staticNodes([address]),
    driver: metaMemcached(),
    timeoutMs: 10_000,
    onNodeDown: 'error',
    ejectAfter: 100,
  });

async function against(
  act: Act,
  use: (herd: Awaited<ReturnType<typeof strictHerd>>, peer: { connections: number }) => Promise<void>,
): Promise<void> {
  const peer = await startPeer(serving(act));
  const herd = await strictHerd(peer.address);
  try {
    await use(herd, peer);
  } finally {
    await herd.close();
    await peer.close();
  }
}

describe('against a peer of the meta protocol that misbehaves, an operation fails clearly, and the next one is unharmed', () => {
  it.each<[string, Act, new (...args: never[]) => Error]>([
    ['closes', (socket) => void socket.end(), HerdNodeError],
    ['resets', (socket) => void socket.resetAndDestroy(), HerdNodeError],
    ['says nothing', () => undefined, HerdTimeoutError],
    ['stops in the middle of a value', says((o) => `VA 10 f2 O${o}\r\n"hal`), HerdTimeoutError],
    ['closes in the middle of a value', (s, o) => void s.end(`VA 10 f2 O${o}\r\n"hal`), HerdNodeError],
    ['speaks another protocol', says(() => 'HTTP/1.1 400 Bad Request\r\n\r\n'), HerdNodeError],
    ['sends garbage', says(() => '\0\x01\x02\xff\r\n'), HerdNodeError],
    ['sends a line without an end', says(() => 'x'.repeat(10_000)), HerdNodeError],
    ['sends a value longer than it says', says((o) => `VA 1 f2 O${o}\r\n"too long"\r\n`), HerdNodeError],
    ['sends a value without a size', says((o) => `VA f2 O${o}\r\n1\r\n`), HerdNodeError],
    ['sends a number that is none', says(() => `VA 1 f2 Oxx\r\n1\r\n`), HerdNodeError],
    ['refuses the command', says(() => 'ERROR\r\n'), HerdRequestError],
    ['complains of the client', says(() => 'CLIENT_ERROR bad command line format\r\n'), HerdRequestError],
    ['is out of memory', says(() => 'SERVER_ERROR out of memory writing get response\r\n'), HerdOverloadError],
    ['answers another question', says((o) => `HD O${o}\r\n`), HerdNodeError],
    ['answers as for text commands', says(() => 'STORED\r\n'), HerdNodeError],
    ['sends broken JSON', says((o) => hit(o, '{"half":')), HerdRequestError],
  ])('%s', async (_case, act, error) => {
    await against(act, async (herd) => {
      const asked = error === HerdTimeoutError ? herd.withPolicy({ timeoutMs: 200 }) : herd;
      await expect(asked.get('bad')).rejects.toThrow(error);
      for (let i = 0; i < 3; i++) expect(await herd.get('good')).toBe('of good');
    });
  });

  it.each<[string, Act]>([
    ['of another opaque', says((o) => hit(o + 1, '"stolen"'))],
    ['of an earlier opaque', says((o) => hit(o - 1, '"stolen"'))],
    ['without an opaque', says(() => 'VA 8 f2\r\n"stolen"\r\n')],
    ['of another key', says((o) => named('other', o, '"stolen"'))],
    ['of a longer key', says((o) => named('badder', o, '"stolen"'))],
    ['of no value, for another key', says((o) => `EN kother O${o}\r\n`)],
    ['of no value, for nobody', says(() => 'EN\r\n')],
    ['of a barrier', says(() => 'MN\r\n')],
  ])('an answer %s ends the connection, and reaches nobody', async (_case, act) => {
    await against(act, async (herd, peer) => {
      await herd.get('good');
      const before = peer.connections;
      const asked = await Promise.allSettled([herd.get('bad'), herd.get('good'), herd.getMany(['a', 'b'])]);
      expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      for (const { reason } of asked as PromiseRejectedResult[]) expect(reason).toBeInstanceOf(HerdNodeError);
      expect(await herd.get('good')).toBe('of good');
      expect(peer.connections).toBe(before + 1);
    });
  });

  it.each<[string, Act]>([
    ['of a key that was not asked for', says((o) => named('other', o, '"stolen"'))],
    ['of another opaque', says((o) => hit(o + 100, '"stolen"'))],
    ['twice', says((o) => hit(o, '1') + hit(o, '2'))],
  ])('an answer %s is no part of getMany either', async (_case, act) => {
    await against(act, async (herd) => {
      await expect(herd.getMany(['a', 'bad', 'c'])).rejects.toThrow(HerdNodeError);
      expect(await herd.getMany(['a', 'c'])).toEqual(new Map(['a', 'c'].map((key) => [key, `of ${key}`])));
    });
  });

  it('an error amid many keys fails them, and what follows is still read', async () => {
    await against(
      says(() => 'SERVER_ERROR out of memory writing get response\r\n'),
      async (herd, peer) => {
        const before = peer.connections;
        const [many, one] = await Promise.allSettled([herd.getMany(['a', 'bad', 'c']), herd.get('good')]);
        expect((many as PromiseRejectedResult).reason).toBeInstanceOf(HerdOverloadError);
        expect(one).toEqual({ status: 'fulfilled', value: 'of good' });
        expect(peer.connections).toBe(before);
      },
    );
  });

  it('an answer without a request ends the connection, not the process', async () => {
    await against(
      says((o) => hit(o, '1') + hit(o, '2')),
      async (herd) => {
        expect(await herd.get('bad')).toBe(1);
        expect(await herd.get('good')).toBe('of good');
      },
    );
  });

  it('an answer after the deadline is never taken for another one', async () => {
    let late: (() => void) | undefined;
    await against(
      (socket, opaque) => void (late = () => socket.write(hit(opaque, '"late"'))),
      async (herd, peer) => {
        const before = peer.connections;
        await expect(herd.withPolicy({ timeoutMs: 200 }).get('bad')).rejects.toThrow(HerdTimeoutError);
        late!();
        expect(await herd.get('good')).toBe('of good');
        expect(peer.connections).toBe(before + 1);
      },
    );
  });

  it('reads a reply that is torn at every byte', async () => {
    const tearing: Act = (socket, opaque) => {
      for (const byte of hit(opaque, '"a\\r\\nb"')) socket.write(byte);
    };
    await against(tearing, async (herd) => expect(await herd.get('bad')).toBe('a\r\nb'));
  });

  it('does not gather without bound what a server does not read', async () => {
    const peer = await startPeer((socket) => {
      socket.once('data', () => {
        socket.write('VERSION 1.6.40\r\n');
        socket.pause();
      });
    });
    const herd = await startHerd({
      discovery: staticNodes([peer.address]),
      driver: metaMemcached({ defaultTtl: '1m' }),
      timeoutMs: 3000,
      onNodeDown: 'error',
    });
    const value = 'x'.repeat(999_000);
    const stored = await Promise.allSettled(Array.from({ length: 150 }, () => herd.set('k', value)));
    const reasons = stored.map((outcome) => (outcome as PromiseRejectedResult).reason as Error);
    expect(reasons.filter((error) => error instanceof HerdOverloadError).length).toBeGreaterThan(50);
    expect(reasons.find((error) => error instanceof HerdOverloadError)!.message).toMatch(/wait for the node to read/);
    await herd.close();
    await peer.close();
  });
});

describe('a server that says it is', () => {
  const of = (version: string) => (socket: Socket) => {
    socket.setEncoding('latin1');
    socket.on('data', (text) => {
      for (const line of String(text).split('\r\n').slice(0, -1))
        socket.write(line === 'version' ? `VERSION ${version}\r\n` : 'ERROR\r\n');
    });
  };

  it.each(['1.4.39', '1.5.22', '1.6.9', '1.6.12', '0.9'])('memcached %s is down, with the remedy', async (version) => {
    const peer = await startPeer(of(version));
    const herd = await strictHerd(peer.address);
    await until('it is down', () => herd.topology.nodes[0]!.health.state === 'down');
    const { health } = herd.topology.nodes[0]!;
    expect(health).toMatchObject({
      reason: expect.stringContaining(`memcached ${version}, which is older than 1.6.13`) as string,
    });
    await expect(herd.get('k')).rejects.toThrow(/use memcached\(\) of @rookery\/herd\/memcached/);
    await herd.close();
    await peer.close();
  });

  it.each(['1.6.13', '1.6.40', '1.7.0', '2.0.0', '1.10.1', 'mcrouter 0.41', 'twemproxy'])(
    '%s is used',
    async (version) => {
      const peer = await startPeer(of(version));
      const herd = await strictHerd(peer.address);
      expect(herd.topology.nodes[0]!.health.state).toBe('up');
      expect(await herd.on(herd.topology.nodes[0]!.node, (c) => c.version())).toBe(version);
      const remedy =
        /see that the server is memcached 1\.6\.13 or later, and that a proxy before it knows the meta protocol$/;
      for (const call of [() => herd.get('k'), () => herd.getMany(['k', 'l']), () => herd.set('k', 1, { ttl: '1m' })])
        await expect(call()).rejects.toThrow(remedy);
      await herd.close();
      await peer.close();
    },
  );
});
