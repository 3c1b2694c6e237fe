import { complaint } from './replies.js';

/** Lines of memcached 1.6, and of proxies before it. */
it.each([
  ['SERVER_ERROR object too large for cache', 'HERD_REQUEST', 'larger -I'],
  ['SERVER_ERROR out of memory storing object', 'HERD_OVERLOAD', '(-m)'],
  ['SERVER_ERROR out of memory reading request', 'HERD_OVERLOAD', '(-m)'],
  ['SERVER_ERROR backend failure', 'HERD_OVERLOAD', 'the proxy before it'],
  ['CLIENT_ERROR cannot increment or decrement non-numeric value', 'HERD_REQUEST', 'begin a counter'],
  ['CLIENT_ERROR unauthenticated', 'HERD_REFUSED', 'connection.password'],
  ['CLIENT_ERROR bad data chunk', 'HERD_REQUEST', 'memcached 1.4.8 or later'],
  ['ERROR', 'HERD_REQUEST', 'memcached 1.4.8 or later'],
  ['ERROR Too many open connections', 'HERD_NODE', '(-c)'],
  ['HTTP/1.1 400 Bad Request', 'HERD_NODE', 'not something else'],
])('%s is %s, and has the remedy', (line, code, remedy) => {
  const error = complaint(line, 'the key');
  expect([error.code, error.remedy]).toEqual([code, expect.stringContaining(remedy)]);
  expect(error.message).toContain(`memcached answered ${JSON.stringify(line)} about "the key"`);
});
