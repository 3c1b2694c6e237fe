import { connectionChecks } from './connection-contract.js';
import type { ContractCheck } from './contract-check.js';
import { copiesChecks } from './copies-contract.js';
import { DriverBench } from './driver-bench.js';
import type { AnyDriver } from './driver-bench.js';
import type { DriverServer } from './driver-server.js';
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
 * @example for (const { name, run } of driverContract({ make: () => redis(), server: () => server })) it(name, run, 30_000);
 */
export function driverContract({ make, server }: DriverHarness): readonly ContractCheck[] {
  return Object.entries(checks).map(([name, check]) => ({
    name,
    run: async () => {
      const bench = new DriverBench(make(), server().node);
      try {
        await check(bench, server(), make);
      } finally {
        server().resume();
        await bench.close();
      }
    },
  }));
}
