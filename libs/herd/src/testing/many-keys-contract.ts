import { same } from './contract-check.js';
import type { DriverBench } from './driver-bench.js';

const minute = { ttl: '1m' } as const;

/** What the commands of many keys promise. */
export const manyKeysChecks: Readonly<Record<string, (bench: DriverBench) => Promise<void>>> = {
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
};
