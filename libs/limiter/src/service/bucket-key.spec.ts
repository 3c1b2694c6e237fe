import { hashedKeys, plainKeys, type BucketKeys } from './bucket-key.js';

const AWKWARD = [
  '',
  ' ',
  'a\r\nb',
  '用户',
  '\ud800',
  '\ud801',
  '\ufffd',
  '=',
  ':',
  '\0',
  'x'.repeat(127),
  'x'.repeat(128),
  'x'.repeat(129),
  'x'.repeat(10_000),
  '='.repeat(129),
];

describe('hashed bucket keys', () => {
  it('are the prefix, the policy and a hash', () =>
    expect(hashedKeys('rl', 'api')('user-1').key).toMatch(/^rl:api:[\w-]{22}$/));

  it.each(AWKWARD)('are safe for %p', (key) => {
    const keys = hashedKeys('rl', 'api');
    expect(keys(key).key).toMatch(/^rl:api:[\w-]{22}$/);
    expect(keys(key)).toEqual(hashedKeys('rl', 'api')(key));
  });

  it('are the same again after any number of others', () => {
    const keys = hashedKeys('rl', 'api');
    const first = keys('first');
    for (let index = 0; index < 30_000; index++) keys(`user-${index}`);
    expect(keys('first')).toEqual(first);
  });
});

describe('plain bucket keys', () => {
  it('are the key itself while it is short', () =>
    expect(plainKeys('rl', 'api')('user-1')).toEqual({ scope: 'rl:api:=', key: 'user-1' }));

  it('are bounded', () =>
    expect(plainKeys('rl', 'api')('x'.repeat(10_000))).toEqual({
      key: expect.stringMatching(/^rl:api:[\w-]{22}$/) as string,
    }));
});

it.each<[string, (prefix: string, policy: string) => BucketKeys]>([
  ['hashed', hashedKeys],
  ['plain', plainKeys],
])('%s bucket keys never meet', (_, keysOf) => {
  const spaces = [keysOf('rl', 'api'), keysOf('rl', 'login'), keysOf('x', 'api')];
  const made = spaces.flatMap((keys) =>
    [...AWKWARD, hashedKeys('rl', 'api')('a').key.slice('rl:api:'.length)].map(keys),
  );
  expect(new Set(made.map((name) => JSON.stringify(name))).size).toBe(made.length);
});
