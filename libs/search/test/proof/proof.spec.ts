import { describeWith, startOpenSearch, type RunningServer } from '@rookery/services';
import { prove } from './prove.js';

/** The short form of `npm run prove:sync`; a failure is run again with `SEARCH_PROOF_SEED`. */
const SEED = Number(process.env['SEARCH_PROOF_SEED'] ?? Date.now() % 1_000_000);

describeWith('postgres', 'proof', (postgres) =>
  describeWith('opensearch', 'with processes that are killed', () => {
    let openSearch: RunningServer;
    beforeAll(async () => void (openSearch = await startOpenSearch()), 120_000);
    afterAll(() => openSearch?.stop(), 60_000);

    it(`leaves index and database alike, document by document (seed ${SEED})`, async () => {
      const result = await prove({
        seed: SEED,
        postgres,
        openSearch,
        writers: 3,
        durationMs: 8_000,
        restartOpenSearch: true,
      });
      expect(result.differences).toEqual([]);
      expect(result.transactions).toBeGreaterThan(20);
    }, 280_000);
  }),
);
