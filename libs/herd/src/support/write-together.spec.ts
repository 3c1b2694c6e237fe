import { writeTogether } from './write-together.js';

function recorder() {
  const written: unknown[] = [];
  const socket = {
    written,
    writable: true,
    writableNeedDrain: false,
    write: (...args: unknown[]): boolean => written.push(args.length > 1 ? args : args[0]) > 0,
  };
  writeTogether(socket);
  return socket;
}
const nextTick = () => new Promise<void>((resolve) => process.nextTick(resolve));

describe('writeTogether', () => {
  it('joins the texts of one turn, and keeps those of two apart', async () => {
    const socket = recorder();
    for (const text of ['a', 'b', '']) socket.write(text);
    expect(socket.written).toEqual([]);
    await nextTick();
    socket.write('c');
    await nextTick();
    expect(socket.written).toEqual(['ab', 'c']);
  });

  it('keeps the order where something else is written between texts', async () => {
    const socket = recorder();
    const bytes = Buffer.from('bytes');
    socket.write('a');
    socket.write(bytes);
    socket.write('b', 'latin1');
    socket.write('c');
    await nextTick();
    expect(socket.written).toEqual(['a', bytes, ['b', 'latin1'], 'c']);
  });

  it('drops what waits when the socket has ended meanwhile', async () => {
    const socket = recorder();
    socket.write('a');
    socket.writable = false;
    await nextTick();
    expect(socket.written).toEqual([]);
  });

  it('passes on that the socket is full', () => {
    const socket = recorder();
    socket.writableNeedDrain = true;
    expect(socket.write('a')).toBe(false);
  });
});
