import type { Copies } from '../contracts/driver.js';
import { expectContract, same } from './contract-check.js';
import type { DriverBench } from './driver-bench.js';

/** What the copies of a driver promise; a driver without them promises nothing of it. */
export const copiesChecks: Readonly<Record<string, (bench: DriverBench) => Promise<void>>> = {
  'copies a value with the life that is left to it, and only where there is none': (bench) =>
    withCopies(bench, async (copies, { client, commands, key }) => {
      const value = { text: 'é\r\n', of: [1, null] };
      await commands.set(key('from'), value, { ttl: '20s' });
      const held = await copies.read(client, key('from'));
      expectContract(held !== undefined, 'copies.read must find what was stored');
      const { lifeMs } = held;
      expectContract(lifeMs > 10_000 && lifeMs <= 21_000, `the life left of 20 s must be about that (got ${lifeMs})`);
      same(await copies.add(client, key('to'), held), true, 'copies.add where there is nothing');
      same(await commands.get(key('to')), value, 'the copy');
      const copied = await copies.read(client, key('to'));
      expectContract((copied?.lifeMs ?? Infinity) <= 21_000, `a copy must not live longer (got ${copied?.lifeMs})`);
      await commands.set(key('to'), 'newer', { ttl: '1m' });
      same(await copies.add(client, key('to'), held), false, 'copies.add over a value');
      same(await commands.get(key('to')), 'newer', 'the value that was there');
    }),

  'copies what lives for ever so, and nothing of what is missing': (bench) =>
    withCopies(bench, async (copies, { client, commands, key }) => {
      same(await copies.read(client, key('none')), undefined, 'copies.read of nothing');
      await commands.set(key('ever'), 1, { ttl: 'never' });
      const held = await copies.read(client, key('ever'));
      same(held?.lifeMs, Infinity, 'the life of a value without end');
      await copies.add(client, key('copy'), held!);
      same((await copies.read(client, key('copy')))?.lifeMs, Infinity, 'the life of its copy');
    }),

  'copies distinguish a value that was written anew from the one before': (bench) =>
    withCopies(bench, async (copies, { client, commands, key }) => {
      await commands.set(key('k'), 'one', { ttl: '1m' });
      const first = (await copies.read(client, key('k')))?.version;
      same((await copies.read(client, key('k')))?.version, first, 'the version of a value that was not written');
      await commands.set(key('k'), 'two', { ttl: '1m' });
      const second = (await copies.read(client, key('k')))?.version;
      expectContract(first !== second, `a value that was written anew needs another version (got ${second})`);
    }),

  'copies end with a life that was short': (bench) =>
    withCopies(bench, async (copies, bench) => {
      const { client, commands, key } = bench;
      await commands.set(key('short'), 1, { ttl: '2s' });
      const held = await copies.read(client, key('short'));
      if (held) await copies.add(client, key('copy'), held);
      await bench.until('the copy is gone', async () => (await commands.get(key('copy'))) === undefined);
    }),
};

async function withCopies(
  bench: DriverBench,
  check: (copies: Copies<unknown>, bench: DriverBench) => Promise<void>,
): Promise<void> {
  const { copies } = bench.driver;
  if (copies) await check(copies, bench);
}
