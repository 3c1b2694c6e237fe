import { startHerd, staticNodes } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';

const presence = { encode: () => ({ bytes: Buffer.alloc(0), flags: 0 }), decode: () => true };

/** @returns which of `keys` one server holds, whoever stored them. */
export async function keysOn(address: string, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const herd = await startHerd({
    discovery: staticNodes([address]),
    driver: memcached({ codec: presence }),
    onNodeDown: 'error',
  });
  const held = new Set((await herd.getMany(keys)).keys());
  await herd.close();
  return held;
}
