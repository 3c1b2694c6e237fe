import { once } from 'node:events';
import { connect } from 'node:net';

import { HerdOptionError, HerdTimeoutError, startHerd, staticNodes } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { startMemcachedNode } from '@rookery/herd/testing';
import type { MemcachedNode } from '@rookery/herd/testing';

import { exchange } from './exchange.js';

describe('the embedded node, on request', () => {
  let node: MemcachedNode;
  beforeEach(async () => {
    node = await startMemcachedNode();
  });
  afterEach(() => node.close());
  const start = (timeoutMs: number) =>
    startHerd({
      discovery: staticNodes([`127.0.0.1:${node.port}`]),
      driver: memcached({ defaultTtl: '1m' }),
      onNodeDown: 'error',
      ejectAfter: 1000,
      timeoutMs,
    });

  it('answers late, and in order, until it is told to stop', async () => {
    const herd = await start(60);
    await herd.set('k', 'value');
    node.delayReplies(10_000);
    await expect(herd.get('k')).rejects.toThrow(HerdTimeoutError);
    node.delayReplies(0);
    expect(await herd.get('k')).toBe('value');
    await herd.close();

    node.delayReplies(30);
    expect(await exchange(node.port, 'set a 0 0 1\r\nx\r\nget a\r\nmg a v\r\n')).toBe(
      'STORED\r\nVALUE a 0 1\r\nx\r\nEND\r\nVA 1\r\nx\r\nVERSION 1.6.18\r\nEND\r\n',
    );
  });

  it('keeps the order of replies when the delay ends between them', async () => {
    node.delayReplies(50);
    const replies = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(node.port, '127.0.0.1', () => {
        socket.write('get first\r\n', () =>
          setImmediate(() => (node.delayReplies(0), socket.write('version\r\nquit\r\n'))),
        );
      });
      socket.on('data', (chunk) => (text += String(chunk)));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    expect(replies).toBe('END\r\nVERSION 1.6.18\r\n');
  });

  it.each([1, 3, 7])('tears its replies to packets of %d bytes, which a herd reads all the same', async (bytes) => {
    const herd = await start(10_000);
    const packets: number[] = [];
    await herd.set('k', 'a\r\nEND\r\nb');
    node.tearReplies(bytes);
    await new Promise<void>((resolve) => {
      const socket = connect(node.port, '127.0.0.1', () => void socket.write('get k\r\nquit\r\n'));
      socket.on('data', (chunk) => packets.push(chunk.length));
      socket.on('close', () => resolve());
    });
    expect(packets.length).toBeGreaterThan(3);
    expect(await Promise.all([herd.get('k'), herd.get('none'), herd.set('other', 1), herd.get('other')])).toEqual([
      'a\r\nEND\r\nb',
      undefined,
      true,
      1,
    ]);
    node.tearReplies(0);
    expect(await herd.get('k')).toBe('a\r\nEND\r\nb');
    await herd.close();
  });

  it('closes while replies wait', async () => {
    node.delayReplies(60_000);
    let text = '';
    const socket = connect(node.port, '127.0.0.1');
    socket.on('data', (chunk) => (text += String(chunk)));
    await once(socket, 'connect');
    socket.write('get k\r\n');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    await node.close();
    await closed;
    expect(text).toBe('');
  });

  it('refuses unknown options', async () => {
    await expect(startMemcachedNode({ maxByte: 5 } as never)).rejects.toThrow('did you mean maxBytes?');
  });

  it.each([-1, 1.5, NaN, Infinity])('refuses %p, by name', (value) => {
    expect(() => node.delayReplies(value)).toThrow(HerdOptionError);
    expect(() => node.tearReplies(value)).toThrow(
      `tearReplies must be whole bytes of 0 or more; pass 0 to end it (got ${value})`,
    );
  });
});
