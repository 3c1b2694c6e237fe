import type { Node } from '../contracts/node.js';
import { expectContract, same } from './contract-check.js';
import type { ContractCheck } from './contract-check.js';
import { copiesChecks } from './copies-contract.js';
import { DriverBench } from './driver-bench.js';
import type { AnyDriver } from './driver-bench.js';
import { leaseChecks } from './lease-contract.js';

/** A driver under test: `make` gives one without a `defaultTtl`, with a codec that accepts what JSON holds. */
export interface DriverHarness {
  make: () => AnyDriver;
  server: () => DriverServer;
}

/** A real server that the suite may empty, freeze and restart: nobody else uses it. */
export interface DriverServer {
  readonly node: Node;
  /** Where nothing listens. */
  readonly nowhere: Node;
  pause(): void;
  resume(): void;
  restart(): Promise<void>;
}

/**
 * What every {@link Driver} with the usual commands promises, as checks for any test runner.
 *
 * @example for (const { name, run } of driverContract({ make: () => redis(), server: () => server })) it(name, run, 30_000);
 */
export function driverContract({ make, server }: DriverHarness): readonly ContractCheck[] {
  return Object.entries({ ...checks, ...leaseChecks, ...copiesChecks }).map(([name, check]) => ({
    name,
    run: async () => {
      const bench = new DriverBench(make(), server().node);
      try {
        await check(bench, server(), make);
      } finally {
        server().resume();
        await bench.close();
      }
    },
  }));
}

type Check = (bench: DriverBench, server: DriverServer, make: () => AnyDriver) => Promise<void>;
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

const checks: Record<string, Check> = {
  'opens where there is no server, and says by ping that it cannot be reached': async (_bench, server, make) => {
    const nowhere = new DriverBench(make(), server.nowhere);
    same(await nowhere.failure(nowhere.driver.ping(nowhere.client)), 'node', 'ping without a server');
    same(await nowhere.failure(nowhere.commands.get(nowhere.key('k'))), 'node', 'get without a server');
    await nowhere.close();
  },

  'answers a ping': async (bench) => same(await bench.failure(bench.driver.ping(bench.client)), 'none', 'ping'),

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
    await commands.set(key('short'), 1, { ttl: '1s' });
    await commands.set(key('touched'), 1, { ttl: '1s' });
    await commands.set(key('long'), 1, { ttl: '1h' });
    await commands.set(key('ever'), 1, { ttl: 'never' });
    same(
      [await commands.touch(key('touched'), minute), await commands.touch(key('long'), { ttl: 'never' })],
      [true, true],
      'touch',
    );
    await bench.until('the short life is over', async () => (await commands.get(key('short'))) === undefined);
    for (const name of ['touched', 'long', 'ever']) same(await commands.get(key(name)), 1, `the value ${name}`);
  },

  'refuses a value without a ttl, and ttls that are none': async (bench) => {
    const { commands, key } = bench;
    same(await bench.failure(commands.set(key('k'), 1)), 'request', 'set without a ttl');
    for (const ttl of [0, -1, NaN, 'soon'])
      same(await bench.failure(commands.set(key('k'), 1, { ttl: ttl as never })), 'request', `the ttl ${ttl}`);
    same(await commands.get(key('k')), undefined, 'nothing is stored');
  },

  'refuses options that it does not know, in every call': async (bench) => {
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

  'stores, deletes and finds many keys, each for itself': async (bench) => {
    const { commands, key } = bench;
    const names = Array.from({ length: 1200 }, (_, i) => key(`k${i}`));
    const stored = await commands.setMany(
      names.map((name) => [name, { name }]),
      minute,
    );
    same(stored, new Map(names.map((name) => [name, true])), 'setMany of 1,200');
    same(
      [...(await commands.getMany(names))].sort(),
      names.map((name) => [name, { name }]).sort(),
      'getMany of what setMany stored',
    );
    const twice = new Map([[key('a'), true]]);
    same(
      await commands.setMany(
        [
          [key('a'), 1],
          [key('a'), 2],
        ],
        minute,
      ),
      twice,
      'setMany of a key twice',
    );
    same(await commands.get(key('a')), 2, 'the last value of a key that was given twice');
    const some = [names[0]!, key('none'), names[1]!, names[0]!];
    const deleted = new Map(some.map((name) => [name, name !== key('none')]));
    same(await commands.deleteMany(some), deleted, 'deleteMany of some');
    same((await commands.getMany(names)).size, 1198, 'what is left after deleteMany');
    same([await commands.setMany([], minute), await commands.deleteMany([])], [new Map(), new Map()], 'many of none');
  },

  'refuses many keys for a bad one before it sends any': async (bench) => {
    const { commands, key } = bench;
    const good = [key('a'), 1] as const;
    const calls: Readonly<Record<string, () => Promise<unknown>>> = {
      'setMany with an empty key': () => commands.setMany([good, ['', 1]], minute),
      'setMany with a value that JSON lacks': () => commands.setMany([good, [key('b'), undefined]], minute),
      'setMany without a ttl': () => commands.setMany([good], {}),
      'setMany of what is no list': () => commands.setMany({ a: 1 } as never, minute),
      'setMany of what is no entry': () => commands.setMany([good, 'ab'] as never, minute),
      'deleteMany with an empty key': () => commands.deleteMany([key('a'), '']),
      'getsMany with an empty key': () => commands.getsMany([key('a'), '']),
      'casMany with a token that is none': () => commands.casMany([[key('a'), { value: 1, cas: 'none' }]], minute),
      'casMany with an entry that is none': () => commands.casMany([[key('a'), 1]] as never, minute),
    };
    for (const [name, call] of Object.entries(calls)) same(await bench.failure(call()), 'request', name);
    same(await commands.get(key('a')), undefined, 'nothing is stored');
  },

  'stores many by their cas tokens, each only where nobody has changed it': async ({ commands, key }) => {
    const [good, changed, gone] = [key('good'), key('changed'), key('gone')];
    await commands.setMany(
      [good, changed, gone].map((name) => [name, name]),
      minute,
    );
    const found = await commands.getsMany<string>([good, changed, gone, key('none')]);
    same(
      [...found].map(([name, { value }]) => [name, value]).sort(),
      [good, changed, gone].map((n) => [n, n]).sort(),
      'getsMany',
    );
    await commands.set(changed, 'other', minute);
    await commands.delete(gone);
    const outcomes = await commands.casMany(
      [...found].map(([name, { cas }]) => [name, { value: 'new', cas }]),
      minute,
    );
    same([outcomes.get(good), outcomes.get(changed), outcomes.get(gone)], ['stored', 'exists', 'missing'], 'casMany');
    same(
      await commands.getMany([good, changed, gone]),
      new Map([
        [good, 'new'],
        [changed, 'other'],
      ]),
      'what casMany left',
    );
  },

  'blames the request for a bad key or value, and goes on': async (bench) => {
    const { commands, key } = bench;
    same(await bench.failure(commands.get('')), 'request', 'an empty key');
    same(await bench.failure(commands.set('', 1, minute)), 'request', 'set of an empty key');
    same(await bench.failure(commands.set(key('k'), undefined, minute)), 'request', 'a value that JSON lacks');
    same(await bench.failure(commands.cas(key('k'), 1, 'no token', minute)), 'request', 'a cas token that is none');
    same([await commands.set(key('k'), 1, minute), await commands.get(key('k'))], [true, 1], 'the next command');
  },

  'says what an operation does to its key': async (bench) => {
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

  'invalidates the keys that it is given, and no other': async (bench) => {
    const { commands, key, driver, client } = bench;
    expectContract(
      driver.invalidate !== undefined,
      'a driver without invalidate() lets a node that was away serve old values',
    );
    const names = Array.from({ length: 1200 }, (_, i) => key(`k${i}`));
    await Promise.all(names.map((name) => commands.set(name, 1, minute)));
    await driver.invalidate(client, names.slice(0, 1199));
    same([...(await commands.getMany(names)).keys()], names.slice(1199), 'what is left after invalidate');
    await driver.invalidate(client, []);
    same(await commands.get(names[1199]!), 1, 'what is left after invalidate of nothing');
  },

  'flushes, and gives the statistics and version of its node': async ({ commands, nodeCommands, key }) => {
    await commands.set(key('k'), 1, minute);
    await nodeCommands.flush();
    same(await commands.get(key('k')), undefined, 'get after flush');
    expectContract(Object.keys(await nodeCommands.stats()).length > 5, 'stats must name what the server counts');
    expectContract(/\d+\.\d+/.test(await nodeCommands.version()), 'version must be that of the server');
  },

  'rejects what is in flight when it is abandoned, and connects anew': async (bench, server) => {
    const { commands, driver, client, key } = bench;
    await commands.set(key('k'), 1, minute);
    server.pause();
    // A server that is at work takes a moment to stop: until then it may answer.
    let failure: string = 'none';
    await bench.until('the frozen server leaves a question open', async () => {
      const open = bench.failure(commands.get(key('k')));
      await new Promise((resolve) => setTimeout(resolve, 50));
      driver.abandon(client);
      return (failure = await open) !== 'none';
    });
    same(failure, 'node', 'an operation in flight when the client was abandoned');
    server.resume();
    await bench.until('it works again', async () => (await bench.failure(commands.get(key('k')))) === 'none');
    same(await commands.get(key('k')), 1, 'the value after that');
  },

  'blames the node for a lost connection, and heals': async (bench, server) => {
    const { commands, key } = bench;
    await commands.set(key('k'), 1, minute);
    await server.restart();
    await bench.until('it works again', async () => {
      const failure = await bench.failure(commands.set(key('k'), 2, minute));
      expectContract(
        failure === 'none' || failure === 'node',
        `a lost connection is the node's fault (found ${failure})`,
      );
      return failure === 'none';
    });
    same(await commands.get(key('k')), 2, 'the value after the restart');
  },

  'refuses when it is closed': async (bench) => {
    await bench.commands.set(bench.key('k'), 1, minute);
    await bench.close();
    same(await bench.failure(bench.commands.get(bench.key('k'))), 'node', 'get after close');
    await bench.close();
  },
};
