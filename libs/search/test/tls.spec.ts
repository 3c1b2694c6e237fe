import { describeWith } from '@rookery/services';
import { openSearch } from '@rookery/search/opensearch';
import { uniqueName } from './harness.js';
import { ownAuthority, secured } from './own-authority.js';

describeWith('opensearch', 'an engine behind TLS with an authority of its own', (node) => {
  const authority = ownAuthority();
  const basic = {
    auth: { username: 'rook', password: 'ery: ü' },
    authorization: `Basic ${Buffer.from('rook:ery: ü').toString('base64')}`,
  } as const;
  const apiKey = { auth: { apiKey: 'YWJjOmRlZg==' }, authorization: 'ApiKey YWJjOmRlZg==' } as const;

  it.each([
    ['a password', basic],
    ['an API key', apiKey],
  ] as const)(
    'works with that authority and %s: reads, writes, searches',
    async (_how, { auth, authorization }) => {
      const endpoint = await secured(node, authority, authorization);
      const engine = openSearch({ node: endpoint.url, auth, tls: { ca: authority.ca } });
      const index = uniqueName();
      try {
        await engine.createIndex(`${index}-v1`, {
          settings: {},
          mappings: { dynamic: 'strict', properties: { n: { type: 'integer' } } },
          aliases: { [index]: {} },
        });
        expect(await engine.bulk([{ action: 'index', index, id: '1', version: 1, source: '{"n":1}' }])).toEqual([
          { id: '1', outcome: 'written' },
        ]);
        await engine.refresh(index);
        expect((await engine.search({ index, body: { query: { term: { n: 1 } } } })).hits.hits[0]!._id).toBe('1');
      } finally {
        await engine.deleteIndex(`${index}-v1`);
        await engine.close();
        await endpoint.close();
      }
    },
    30_000,
  );

  it('refuses a server that no known authority vouches for, and one of another authority', async () => {
    const endpoint = await secured(node, authority, basic.authorization);
    for (const tls of [undefined, { ca: ownAuthority().ca }]) {
      const engine = openSearch({ node: endpoint.url, auth: basic.auth, ...(tls ? { tls } : {}) });
      await expect(engine.ping()).rejects.toMatchObject({ code: 'SEARCH_ENGINE_UNAVAILABLE', reason: 'connection' });
      await expect(engine.ping()).rejects.toThrow(/certificate/);
      await engine.close();
    }
    await endpoint.close();
  }, 30_000);

  it('reports a wrong password as a refusal, without the password', async () => {
    const endpoint = await secured(node, authority, basic.authorization);
    const engine = openSearch({
      node: endpoint.url,
      auth: { username: 'rook', password: 'secret-and-wrong' },
      tls: { ca: authority.ca },
    });
    const error = await engine.ping().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'SEARCH_ENGINE_REFUSED', status: 401, type: 'security_exception' });
    expect(String(error)).not.toContain('secret-and-wrong');
    await engine.close();
    await endpoint.close();
  }, 30_000);
});
