import { resolveOpenSearchOptions, type OpenSearchOptions } from './options.js';

const node = 'http://127.0.0.1:9200';

function refusalOf(options: object): string {
  try {
    resolveOpenSearchOptions(options as OpenSearchOptions);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it was accepted');
}

describe('the options of openSearch()', () => {
  it('become those of the client', () => {
    const auth = { username: 'a', password: 'b' };
    expect(resolveOpenSearchOptions({ node, auth, tls: { ca: 'x' } })).toEqual({
      nodes: [node],
      requestTimeoutMs: 10_000,
      bulkTimeoutMs: 30_000,
      readRetries: 2,
      maxConcurrentSearches: 100,
      maxWaitingSearches: 1_000,
      circuitBreaker: { failures: 10, openMs: 500 },
      opaqueId: undefined,
      client: { nodes: [node], auth, ssl: { ca: 'x' } },
    });
    expect(resolveOpenSearchOptions({ node, auth: { apiKey: 'k' } }).client.headers).toEqual({
      authorization: 'ApiKey k',
    });
  });

  it.each([
    [
      { node, requestTimeout: 5 },
      'openSearch.requestTimeout is not an option; did you mean openSearch.requestTimeoutMs? (got 5)',
    ],
    [{ node: [] }, 'openSearch.node must name at least one address (got [])'],
    [{ node: 'localhost:9200' }, "openSearch.node must be an address such as 'http://127.0.0.1:9200'"],
    [{ node, bulkTimeoutMs: 0 }, 'openSearch.bulkTimeoutMs must be a whole number of milliseconds, 1 or more (got 0)'],
    [{ node, client: 5 }, 'openSearch.client must be an object of options (got 5)'],
  ])('are refused by name: %#', (options, message) => expect(refusalOf(options)).toContain(message));

  it.each([
    { username: 'a' },
    { username: 'a', password: '' },
    { apiKey: 'secret', username: 'a' },
    'secret',
    null,
    [],
    { apiKey: 'secret', passwort: 'secret' },
  ])('show no secret of an authentication that is not complete: %#', (auth) => {
    const message = refusalOf({ node, auth });
    expect(message).toContain('openSearch.auth must be { username, password } or { apiKey }');
    expect(message).not.toContain('secret');
  });

  it('are refused all in one error', () => {
    expect(refusalOf({ node: 'x', auth: {}, requestTimeoutMs: -1, nodes: [] }).split('\n')[0]).toBe(
      '4 search options are wrong:',
    );
  });
});
