import { describeWith } from '@rookery/services';
import { openSearch } from '@rookery/search/opensearch';
import { ContractViolation, engineContract } from '@rookery/search/testing';
import { brokenEngines } from './broken-engines.js';
import { uniqueName } from './harness.js';

describe.each(['opensearch', 'opensearch2'] as const)('the engine contract', (service) => {
  describeWith(service, service, (node) => {
    const engine = openSearch({ node });
    afterAll(() => engine.close());
    for (const { name, run } of engineContract({ engine, prefix: uniqueName() })) it(name, run, 40_000);
  });
});

describeWith('opensearch', 'an engine', (node) => {
  it('may be closed twice, as by two searches that share it, and answers nothing then', async () => {
    const engine = openSearch({ node });
    await engine.ping();
    await engine.close();
    await engine.close();
    await expect(engine.ping()).rejects.toThrow('the engine was closed');
  }, 10_000);
});

describeWith('opensearch', 'the engine contract catches an engine that', (node) => {
  const engine = openSearch({ node, requestTimeoutMs: 10_000 });
  afterAll(() => engine.close());

  it.each(brokenEngines(engine))(
    '$name',
    async ({ engine: broken, caughtBy }) => {
      const check = engineContract({ engine: broken, prefix: uniqueName() }).find(({ name }) => name === caughtBy);
      await expect(check!.run()).rejects.toThrow(ContractViolation);
    },
    60_000,
  );
});
