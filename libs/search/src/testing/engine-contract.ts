import { bulkChecks } from './bulk-checks.js';
import type { ContractCheck } from './contract-check.js';
import { documentChecks } from './document-checks.js';
import { EngineBench, type EngineFeature, type EngineHarness } from './engine-bench.js';
import { indexChecks } from './index-checks.js';
import { refusalCheck } from './refusal-checks.js';
import { routingChecks } from './routing-checks.js';
import { searchChecks } from './search-checks.js';
import { taskChecks } from './task-checks.js';

/** A check before it has an index. @param needs what is not tried on an engine that does not claim it */
export type EngineCheck = readonly [
  name: string,
  run: (bench: EngineBench) => Promise<void>,
  needs?: readonly EngineFeature[],
];

let made = 0;

/**
 * What every {@link SearchEngine} has to do, each check on an index of its own that it deletes at the end. What an engine
 * does not claim it has to refuse by name, before it does anything.
 *
 * @example
 * for (const { name, run } of engineContract({ engine: myEngine({ node }), prefix: 'contract' })) it(name, run);
 */
export function engineContract({ engine, prefix, unclaimed = [] }: EngineHarness): readonly ContractCheck[] {
  const checks: readonly EngineCheck[] = [
    ...bulkChecks,
    ...routingChecks,
    ...documentChecks,
    ...searchChecks,
    ...taskChecks,
    ...indexChecks,
  ].filter(([, , needs = []]) => !needs.some((feature) => unclaimed.includes(feature)));
  return [...checks, ...unclaimed.map(refusalCheck)].map(([name, run]) => ({
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
