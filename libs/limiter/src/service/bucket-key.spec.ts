import { bucketKey } from './bucket-key.js';

describe('bucket key', () => {
  it('is the prefix, the policy and a hash', () => expect(bucketKey('rl', 'api', 'user-1')).toMatch(/^rl:api:[\w-]{22}$/));

  it.each(['a'.repeat(10_000), 'a\r\nset x 0 0 1', ' ', '名前🐦', '\ud800', '\0'])('is short and plain for any key', (key) => {
    expect(bucketKey('rl', 'api', key)).toMatch(/^rl:api:[\w-]{22}$/);
  });

  it('differs for keys, policies and prefixes that differ', () => {
    const keys = [bucketKey('rl', 'api', 'a'), bucketKey('rl', 'api', 'b'), bucketKey('rl', 'login', 'a'), bucketKey('x', 'api', 'a')];
    expect(new Set([...keys, bucketKey('rl', 'api', '\ud800'), bucketKey('rl', 'api', '\ud801'), bucketKey('rl', 'api', '\ufffd')]).size).toBe(7);
  });
});
