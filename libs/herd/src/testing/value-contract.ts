import { same } from './contract-check.js';
import type { DriverBench } from './driver-bench.js';

const minute = { ttl: '1m' } as const;

/** What the commands of one key promise of values, lives, counts and versions. */
export const valueChecks: Readonly<Record<string, (bench: DriverBench) => Promise<void>>> = {
  'gives back every value as it was': async ({ commands, key }) => {
    const values = [
      '',
      'text',
      'line\r\nEND\r\nVALUE a 0 1',
      'é漢字🙂',
      '\0\u0001',
      0,
      -1.5,
      true,
      false,
      null,
      [],
      { a: [1, { b: null }] },
      'x'.repeat(300_000),
    ];
    for (const [i, value] of values.entries()) {
      same(await commands.set(key(`v${i}`), value, minute), true, 'set');
      same(await commands.get(key(`v${i}`)), value, 'get');
    }
    const many = await commands.getMany(values.map((_, i) => key(`v${i}`)));
    same([...many.values()], values, 'getMany');
  },

  'answers for a missing value otherwise than for a present one': async ({ commands, key }) => {
    await commands.set(key('a'), 1, minute);
    same(await commands.get(key('none')), undefined, 'get of nothing');
    same(await commands.getMany([]), new Map(), 'getMany of no keys');
    same(await commands.getMany([key('none'), key('a'), key('a')]), new Map([[key('a'), 1]]), 'getMany of some');
    same([await commands.delete(key('a')), await commands.delete(key('a'))], [true, false], 'delete, twice');
    same(await commands.get(key('a')), undefined, 'get after delete');
    same(await commands.touch(key('a'), minute), false, 'touch of nothing');
    same(await commands.gets(key('a')), undefined, 'gets of nothing');
  },

  'adds only what is missing, and replaces only what is there': async ({ commands, key }) => {
    same(await commands.replace(key('k'), 1, minute), false, 'replace of nothing');
    same(
      [await commands.add(key('k'), 2, minute), await commands.add(key('k'), 3, minute)],
      [true, false],
      'add, twice',
    );
    same(await commands.get(key('k')), 2, 'the first add');
    same([await commands.replace(key('k'), 4, minute), await commands.get(key('k'))], [true, 4], 'replace');
  },

  'matches answers and questions among many at once': async ({ commands, key }) => {
    const names = Array.from({ length: 400 }, (_, i) => key(`many-${i}`));
    const stored = await Promise.all(names.map((name) => commands.set(name, name, minute)));
    same(stored.every(Boolean), true, 'all sets');
    same(await Promise.all(names.map((name) => commands.get(name))), names, 'all gets');
    same(
      [...(await commands.getMany(names)).entries()].sort(),
      names.map((name) => [name, name]).sort(),
      'getMany of 400',
    );
  },

  'lets a value live as long as its ttl, and touch give it more': async (bench) => {
    const { commands, key } = bench;
    await commands.set(key('long'), 1, { ttl: '1h' });
    await commands.set(key('ever'), 1, { ttl: 'never' });
    // memcached counts seconds on a clock of its own: of two, at least one is left to touch it in.
    await commands.set(key('touched'), 1, { ttl: '2s' });
    same(
      [await commands.touch(key('touched'), minute), await commands.touch(key('long'), { ttl: 'never' })],
      [true, true],
      'touch',
    );
    await commands.set(key('short'), 1, { ttl: '2s' });
    await bench.until('the short life is over', async () => (await commands.get(key('short'))) === undefined);
    for (const name of ['touched', 'long', 'ever']) same(await commands.get(key(name)), 1, `the value ${name}`);
  },

  'gives no longer life than a stand-in may': async (bench) => {
    const { commands, key } = bench;
    bench.maxTtlMs = 1000;
    for (const [name, ttl] of [
      ['hour', '1h'],
      ['ever', 'never'],
    ] as const)
      await commands.set(key(name), 1, { ttl });
    await commands.setMany([[key('many'), 1]], { ttl: '1h' });
    bench.maxTtlMs = Infinity;
    const all = [key('hour'), key('ever'), key('many')];
    await bench.until('all are gone', async () => (await commands.getMany(all)).size === 0);
  },

  'counts up and down, not below 0, and not what is missing or no number': async (bench) => {
    const { commands, key } = bench;
    same([await commands.incr(key('n')), await commands.decr(key('n'))], [undefined, undefined], 'counting nothing');
    await commands.add(key('n'), 5, minute);
    same(
      [await commands.incr(key('n')), await commands.incr(key('n'), 10), await commands.decr(key('n'), 6)],
      [6, 16, 10],
      'counting',
    );
    same([await commands.decr(key('n'), 100), await commands.incr(key('n'), 0)], [0, 0], 'counting down to 0');
    await commands.set(key('text'), 'no number', minute);
    same(await bench.failure(commands.incr(key('text'))), 'request', 'incr of a text');
    same(await bench.failure(commands.incr(key('n'), -1)), 'request', 'incr by less than 0');
    await commands.set(key('below'), -5, minute);
    for (const count of ['incr', 'decr'] as const)
      same(await bench.failure(commands[count](key('below'))), 'request', `${count} of what is below 0`);
    same(await commands.get(key('below')), -5, 'what is below 0, after counting');
    const counts = await Promise.all(Array.from({ length: 50 }, () => commands.incr(key('n'))));
    same(new Set(counts).size, 50, 'distinct counts of 50 at once');
  },

  'stores by a cas token only what nobody has changed': async ({ commands, key }) => {
    await commands.set(key('k'), 'one', minute);
    const first = (await commands.gets(key('k')))!;
    same(first.value, 'one', 'gets');
    same(await commands.cas(key('k'), 'two', first.cas, minute), 'stored', 'cas with a good token');
    same(await commands.cas(key('k'), 'three', first.cas, minute), 'exists', 'cas with an old token');
    const second = (await commands.gets(key('k')))!;
    await commands.delete(key('k'));
    same(await commands.cas(key('k'), 'three', second.cas, minute), 'missing', 'cas after delete');
    await commands.set(key('k'), 'base', minute);
    const { cas } = (await commands.gets(key('k')))!;
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, i) => commands.cas(key('k'), `new-${i}`, cas, minute)),
    );
    same(outcomes.filter((outcome) => outcome === 'stored').length, 1, 'winners among 20 with one token');
  },
};
