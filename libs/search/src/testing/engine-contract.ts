import { bulkChecks } from './bulk-checks.js';
import type { ContractCheck } from './contract-check.js';
import { documentChecks } from './document-checks.js';
import { EngineBench, type EngineHarness } from './engine-bench.js';
import { indexChecks } from './index-checks.js';
import { routingChecks } from './routing-checks.js';
import { searchChecks } from './search-checks.js';
import { taskChecks } from './task-checks.js';

/** A check before it has an index. */
export type EngineCheck = readonly [name: string, run: (bench: EngineBench) => Promise<void>];

let made = 0;

/**
 * What every {@link SearchEngine} has to do, each check on an index of its own that it deletes at the end.
 *
 * @example
 * for (const { name, run } of engineContract({ engine: myEngine({ node }), prefix: 'contract' })) it(name, run);
 */
export function engineContract({ engine, prefix }: EngineHarness): readonly ContractCheck[] {
  const checks: readonly EngineCheck[] = [
    ...bulkChecks,
    ...routingChecks,
    ...documentChecks,
    ...searchChecks,
    ...taskChecks,
    ...indexChecks,
  ];
  return checks.map(([name, run]) => ({
    name,
    run: async () => {
      const bench = new EngineBench(engine, `${prefix}-${(made += 1)}`);
      await bench.create();
      try {
        await run(bench);
      } finally {
        await engine.deleteIndex(bench.index);
      }
    },
  }));
}
