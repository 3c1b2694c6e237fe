import { same } from './contract-check.js';
import type { DriverBench } from './driver-bench.js';

const minute = { ttl: '1m' } as const;

/** What `casMany` needs to store 1 under each of `keys`, stored before. */
async function versions(
  commands: DriverBench['commands'],
  keys: readonly string[],
): Promise<(readonly [string, { value: unknown; cas: string }])[]> {
  await commands.setMany(
    keys.map((key) => [key, 0]),
    minute,
  );
  return [...(await commands.getsMany(keys))].map(([key, { cas }]) => [key, { value: 1, cas }]);
}

/** What a driver refuses, whom it blames for that, and what it reports of its operations. */
export const refusalChecks: Readonly<Record<string, (bench: DriverBench) => Promise<void>>> = {
  'refuses a value without a ttl, and ttls that are none': async (bench) => {
    const { commands, key } = bench;
    same(await bench.failure(commands.set(key('k'), 1)), 'request', 'set without a ttl');
    for (const ttl of [0, -1, NaN, 'soon'])
      same(await bench.failure(commands.set(key('k'), 1, { ttl: ttl as never })), 'request', `the ttl ${ttl}`);
    same(await commands.get(key('k')), undefined, 'nothing is stored');
  },

  'refuses unknown options, in every call': async (bench) => {
    const { commands, key } = bench;
    const given = { tll: 1, ...minute } as never;
    const calls: Readonly<Record<string, () => Promise<unknown>>> = {
      get: () => commands.get(key('k'), given),
      getMany: () => commands.getMany([key('k')], given),
      set: () => commands.set(key('k'), 1, given),
      add: () => commands.add(key('k'), 1, given),
      replace: () => commands.replace(key('k'), 1, given),
      delete: () => commands.delete(key('k'), given),
      touch: () => commands.touch(key('k'), given),
      incr: () => commands.incr(key('k'), 1, given),
      decr: () => commands.decr(key('k'), 1, given),
      gets: () => commands.gets(key('k'), given),
      setMany: () => commands.setMany([[key('k'), 1]], given),
      deleteMany: () => commands.deleteMany([key('k')], given),
      getsMany: () => commands.getsMany([key('k')], given),
      casMany: () => commands.casMany([], given),
    };
    for (const [name, call] of Object.entries(calls))
      same(await bench.failure(call()), 'request', `${name} with an unknown option`);
    same(await bench.failure(commands.set(key('k'), 1, 60 as never)), 'request', 'set with a number for options');
    same(await commands.get(key('k')), undefined, 'nothing is stored');
  },

  'refuses keys that would be one on the server, and keys that are no texts': async (bench) => {
    const { commands, key } = bench;
    const halves = [key('a\ud800'), key('a\udc00')] as const;
    for (const bad of [...halves, undefined, null, 7, {}, ['a']] as readonly string[]) {
      const calls: Readonly<Record<string, () => Promise<unknown>>> = {
        get: () => commands.get(bad),
        gets: () => commands.gets(bad),
        set: () => commands.set(bad, 1, minute),
        add: () => commands.add(bad, 1, minute),
        replace: () => commands.replace(bad, 1, minute),
        delete: () => commands.delete(bad),
        touch: () => commands.touch(bad, minute),
        incr: () => commands.incr(bad),
        decr: () => commands.decr(bad),
        getMany: () => commands.getMany([key('a'), bad]),
        getsMany: () => commands.getsMany([key('a'), bad]),
        setMany: () => commands.setMany([[bad, 1]], minute),
        deleteMany: () => commands.deleteMany([key('a'), bad]),
      };
      for (const [name, call] of Object.entries(calls))
        same(await bench.failure(call()), 'request', `${name} of the key ${JSON.stringify(bad)}`);
    }
    const pair = key('a\u{1f642}');
    same([await commands.set(pair, 1, minute), await commands.get(pair)], [true, 1], 'a whole pair');
  },

  'refuses what is no list of keys': async (bench) => {
    const { commands, key } = bench;
    for (const list of [undefined, null, 'ab', 5, { a: 1 }, new Set([key('a')]), new Array(2)] as never[])
      for (const name of ['getMany', 'getsMany', 'deleteMany'] as const)
        same(await bench.failure(commands[name](list)), 'request', `${name} of ${String(list)}`);
  },

  'refuses ttls that are none where there is nothing to store, too': async (bench) => {
    const { commands } = bench;
    for (const given of [0, -1, NaN, 'soon', null]) {
      const ttl = given as never;
      same(await bench.failure(commands.setMany([], { ttl })), 'request', `setMany of nothing with the ttl ${given}`);
      same(await bench.failure(commands.casMany([], { ttl })), 'request', `casMany of nothing with the ttl ${given}`);
    }
    same(await commands.setMany([], {}), new Map(), 'setMany of nothing without a ttl');
  },

  'blames the request for a bad key or value, and goes on': async (bench) => {
    const { commands, key } = bench;
    same(await bench.failure(commands.get('')), 'request', 'an empty key');
    same(await bench.failure(commands.set('', 1, minute)), 'request', 'set of an empty key');
    same(await bench.failure(commands.set(key('k'), undefined, minute)), 'request', 'a value that JSON lacks');
    same(await bench.failure(commands.cas(key('k'), 1, 'no token', minute)), 'request', 'a cas token that is none');
    same([await commands.set(key('k'), 1, minute), await commands.get(key('k'))], [true, 1], 'the next command');
  },

  'reports what an operation does to its key': async (bench) => {
    const { commands, key, effects } = bench;
    await commands.set(key('k'), 1, minute);
    await commands.add(key('k'), 1, minute);
    await commands.replace(key('k'), 1, minute);
    await commands.delete(key('k'));
    same(effects.splice(0), ['write', 'write', 'write', 'delete'], 'set, add, replace, delete');
    await commands.setMany([[key('k'), 1]], minute);
    await commands.deleteMany([key('k')]);
    same(effects.splice(0), ['write', 'delete'], 'setMany, deleteMany');
    await commands.get(key('k'));
    await commands.getMany([key('k')]);
    same(effects.splice(0), ['read', 'read'], 'get, getMany');
    const found = await versions(commands, [key('k')]);
    effects.length = 0;
    await commands.casMany(found, minute);
    same(effects.splice(0).includes('write'), false, 'tokens that another node may keep');
    await commands.incr(key('k'));
    same(effects.splice(0).includes('write'), false, 'a counter that another node may keep');
  },
};
