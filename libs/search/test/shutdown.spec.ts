import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeWith } from '@rookery/services';
import { openSearch } from '@rookery/search/opensearch';
import { President } from './entities.js';
import { seed } from './fixtures.js';
import { createOrm, dropOrm } from './harness.js';
import { SearchService, type SearchEvent } from '@rookery/search';

const SHUTDOWN_TIMEOUT_MS = 1_500;

describeWith('postgres', 'a stop while the engine is down', () => {
  let server: Server | undefined;
  afterEach(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
    server = undefined;
  });

  async function listen(): Promise<string> {
    server = createServer(() => undefined);
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it.each(['hangs', 'refuses connections'])(
    'waits `shutdownTimeoutMs` once when it %s, over drain and close together',
    async (how) => {
      const node = how === 'hangs' ? await listen() : 'http://127.0.0.1:9';
      const orm = await createOrm();
      const events: SearchEvent[] = [];
      const search = new SearchService(orm, {
        engine: openSearch({ node, requestTimeoutMs: 60_000 }),
        shutdownTimeoutMs: SHUTDOWN_TIMEOUT_MS,
        onEvent: (event) => events.push(event),
        createIndices: false,
      });
      try {
        await search.start();
        const em = orm.em.fork();
        await seed(em);
        em.create(President, { id: 9, name: 'x', party: 'Whig' as never });
        expect(await search.pending()).toBeGreaterThan(0);
        const began = performance.now();
        await search.drain();
        await search.close();
        const tookMs = performance.now() - began;
        expect(tookMs).toBeGreaterThanOrEqual(SHUTDOWN_TIMEOUT_MS - 10);
        expect(tookMs).toBeLessThan(2 * SHUTDOWN_TIMEOUT_MS);
        expect(await search.pending()).toBe(0);
        expect(events.filter(({ type }) => type === 'changes-dropped').length).toBeGreaterThan(0);
      } finally {
        await dropOrm(orm);
      }
    },
    40_000,
  );

  it('does not wait longer for a request that creates indices', async () => {
    const orm = await createOrm();
    const node = await listen();
    let requests = 0;
    let hanging: () => void;
    const hangs = new Promise<void>((resolve) => (hanging = resolve));
    server!.removeAllListeners('request').on('request', ({ socket }: IncomingMessage) => {
      if ((requests += 1) === 1) socket.destroy();
      else hanging();
    });
    const search = new SearchService(orm, {
      engine: openSearch({ node, requestTimeoutMs: 8_000 }),
      shutdownTimeoutMs: SHUTDOWN_TIMEOUT_MS,
    });
    try {
      await search.start();
      await hangs;
      const began = performance.now();
      await search.close();
      expect(performance.now() - began).toBeLessThan(2 * SHUTDOWN_TIMEOUT_MS);
    } finally {
      await dropOrm(orm);
    }
  }, 30_000);
});
