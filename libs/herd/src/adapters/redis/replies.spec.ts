import { complaint, endsConnection } from './replies.js';

it.each([
  ["OOM command not allowed when used memory > 'maxmemory'.", 'HERD_OVERLOAD', 'more memory', false],
  ['BUSY Redis is busy running a script.', 'HERD_OVERLOAD', 'shorter scripts', false],
  ['WRONGTYPE Operation against a key holding the wrong kind of value', 'HERD_REQUEST', 'one kind of value', false],
  ['ERR value is not an integer or out of range', 'HERD_REQUEST', 'one kind of value', false],
  ['ERR increment or decrement would overflow', 'HERD_REQUEST', 'one kind of value', false],
  ['ERR max number of clients reached', 'HERD_NODE', 'maxclients', false],
  ['CLUSTERDOWN Hash slot not served', 'HERD_NODE', 'CLUSTER INFO', false],
  ['MOVED 3999 127.0.0.1:6381', 'HERD_NODE', 'redisCluster({ nodes })', false],
  ['ASK 3999 127.0.0.1:6381', 'HERD_NODE', 'redisCluster({ nodes })', false],
  ["CROSSSLOT Keys in request don't hash to the same slot", 'HERD_NODE', 'redisCluster({ nodes })', false],
  ['NOAUTH Authentication required.', 'HERD_REFUSED', 'connection.password', true],
  ['WRONGPASS invalid username-password pair', 'HERD_REFUSED', 'connection.password', true],
  ['LOADING Redis is loading the dataset in memory', 'HERD_REFUSED', 'has loaded its data', false],
  ["READONLY You can't write against a read only replica.", 'HERD_REFUSED', 'accepts writes', true],
  [
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    'HERD_REFUSED',
    'accepts writes',
    true,
  ],
  ['MISCONF Redis is configured to save RDB snapshots', 'HERD_REFUSED', 'accepts writes', false],
  ['NOREPLICAS Not enough good replicas to write.', 'HERD_REFUSED', 'accepts writes', false],
  ["NOPERM User app has no permissions to run the 'set' command", 'HERD_REQUEST', 'ACL SETUSER', false],
  ["ERR unknown command 'UNLINK'", 'HERD_REQUEST', 'Redis 4 or later', false],
])('%s is %s, and has the remedy', (reply, code, remedy, ends) => {
  const error = complaint(reply, 'the key');
  expect([error.code, error.remedy]).toEqual([code, expect.stringContaining(remedy)]);
  expect(error.message).toContain(`Redis answered ${JSON.stringify(reply)} about "the key"`);
  expect(endsConnection(reply)).toBe(ends);
});
