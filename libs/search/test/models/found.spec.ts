import { describeWith } from '@rookery/services';
import { memoryEngine } from '@rookery/search/testing';
import { FOUND } from './found.js';
import type { Case } from './reduce.js';
import { inMemory, runModel, type World } from './run-model.js';
import { onServers } from './servers.js';

async function followed(given: Case, world: World): Promise<void> {
  const outcome = await runModel(...given, world);
  expect(outcome).toEqual({ outcome: 'equal', documents: expect.any(Number) as number });
  expect(outcome.outcome === 'equal' && outcome.documents).toBeGreaterThan(0);
}

describe('found by random models, and followed in memory:', () => {
  it.each(Object.entries(FOUND))('%s', (_what, given) => followed(given, inMemory(memoryEngine)), 60_000);
});

describeWith('postgres', 'found by random models,', (postgres) => {
  describeWith('opensearch', 'and followed on servers:', (engine) => {
    it.each(Object.entries(FOUND))('%s', (_what, given) => followed(given, onServers(postgres, engine)), 120_000);
  });
});
