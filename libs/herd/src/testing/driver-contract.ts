import { connectionChecks } from './connection-contract.js';
import type { ContractCheck } from './contract-check.js';
import { copiesChecks } from './copies-contract.js';
import { DriverBench } from './driver-bench.js';
import type { AnyDriver } from './driver-bench.js';
import type { DriverServer } from './driver-server.js';
import { checkHarness, checkMade, checkServer } from './harness-checks.js';
import { leaseChecks } from './lease-contract.js';
import { manyKeysChecks } from './many-keys-contract.js';
import { refusalChecks } from './refusal-contract.js';
import { valueChecks } from './value-contract.js';

const checks = {
  ...connectionChecks,
  ...valueChecks,
  ...refusalChecks,
  ...manyKeysChecks,
  ...leaseChecks,
  ...copiesChecks,
};

/** A driver under test: `make` gives one without a `defaultTtl`, with a codec that accepts what JSON holds. */
export interface DriverHarness {
  make: () => AnyDriver;
  server: () => DriverServer;
}

/**
 * What every {@link Driver} with the usual commands promises, as checks for any test runner.
 *
 * @throws HerdOptionError for a harness that is none; a check rejects with it for a `make()` or `server()` that is none.
 * @example for (const { name, run } of driverContract({ make: () => redis(), server: () => server })) it(name, run, 30_000);
 */
export function driverContract(harness: DriverHarness): readonly ContractCheck[] {
  checkHarness(
    harness,
    { make: 'a driver', server: 'a server of its own, which the suite may freeze and restart' },
    {},
  );
  const make = (): AnyDriver => checkMade(harness.make(), 'driver', 'open');
  return Object.entries(checks).map(([name, check]) => ({
    name,
    run: async () => {
      const server = checkServer(harness.server());
      const bench = new DriverBench(make(), server.node);
      try {
        await check(bench, server, make);
      } finally {
        server.resume();
        await bench.close();
      }
    },
  }));
}
