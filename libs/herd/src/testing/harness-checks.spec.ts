import { HerdOptionError } from '../errors/option-error.js';
import type { Router } from '../contracts/router.js';
import { rendezvous } from '../router/rendezvous.js';
import { discoveryContract } from './discovery-contract.js';
import type { DiscoveryHarness } from './discovery-contract.js';
import type { AnyDriver } from './driver-bench.js';
import { driverContract } from './driver-contract.js';
import type { DriverHarness } from './driver-contract.js';
import type { DriverServer } from './driver-server.js';
import { invalidationBusContract } from './invalidation-bus-contract.js';
import type { InvalidationBusHarness } from './invalidation-bus-contract.js';
import { routerContract } from './router-contract.js';
import type { RouterHarness } from './router-contract.js';

const contracts = {
  driverContract: (harness: unknown) => driverContract(harness as DriverHarness),
  discoveryContract: (harness: unknown) => discoveryContract(harness as DiscoveryHarness),
  routerContract: (harness: unknown) => routerContract(harness as RouterHarness),
  invalidationBusContract: (harness: unknown) => invalidationBusContract(harness as InvalidationBusHarness),
};
type Contract = keyof typeof contracts;
const make = (): Router => rendezvous();
const server = (): DriverServer => ({}) as DriverServer;

describe('the harness of', () => {
  it.each<[Contract, unknown, string]>([
    ['driverContract', undefined, 'harness must be an object'],
    ['driverContract', { server }, 'harness.make must be a function'],
    ['driverContract', { make }, 'harness.server must be a function'],
    ['driverContract', { make, server: { node: {} } }, 'harness.server must be a function'],
    ['driverContract', { make, server, servr: 1 }, 'harness.servr is not an option; did you mean harness.server?'],
    ['discoveryContract', () => undefined, 'harness must be an object'],
    ['discoveryContract', {}, 'harness.make must be a function'],
    ['discoveryContract', { make, hang: true, resume: make }, 'harness.hang must be a function'],
    ['discoveryContract', { make, chnge: make }, 'did you mean harness.change?'],
    ['discoveryContract', { make, answerMs: '5s' }, 'harness.answerMs must be milliseconds'],
    ['discoveryContract', { make, abortMs: 0 }, 'harness.abortMs must be milliseconds'],
    ['routerContract', { make: rendezvous() }, 'harness.make must be a function'],
    ['routerContract', { make, placedBy: 'adress' }, `harness.placedBy must be 'id' or 'address'`],
    ['routerContract', { make, maxSkew: NaN }, 'harness.maxSkew must be a number of 1 or more'],
    ['routerContract', { make, maxMoved: '0.1' }, 'harness.maxMoved must be a number from 0 to 1'],
    ['routerContract', { make, maxDisturbed: 2 }, 'harness.maxDisturbed must be a number from 0 to 1'],
    ['invalidationBusContract', { make: {} }, 'harness.make must be a function'],
    ['invalidationBusContract', { make, interrupt: 1 }, 'harness.interrupt must be a function'],
    ['invalidationBusContract', { make, interupt: make }, 'did you mean harness.interrupt?'],
  ])('%s is refused by name: %p', (contract, harness, message) => {
    expect(() => contracts[contract](harness)).toThrow(HerdOptionError);
    expect(() => contracts[contract](harness)).toThrow(message);
  });

  it('driverContract may be an instance of a class', () => {
    class Harness {
      make(): AnyDriver {
        throw new Error('not made yet');
      }
      server(): DriverServer {
        throw new Error('not started yet');
      }
    }
    expect(driverContract(new Harness()).length).toBeGreaterThan(30);
  });

  const node = { id: 'n', host: '127.0.0.1', port: 11211 };
  const whole = { node, nowhere: node, pause: () => 0, resume: () => 0, restart: () => Promise.resolve() };
  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'server() must be { node, nowhere, pause, resume, restart }'],
    ['an embedded node', { host: '127.0.0.1', port: 11211 }, 'server().node must be a node, { id, host, port }'],
    ['no nowhere', { ...whole, nowhere: undefined }, 'server().nowhere must be a node'],
    ['a node without a port', { ...whole, node: { id: 'n', host: 'a' } }, 'server().node.port must be a whole number'],
    ['no pause', { ...whole, pause: undefined }, 'server().pause must be a function'],
    ['no resume', { ...whole, resume: undefined }, 'server().resume must be a function'],
    ['no restart', { ...whole, restart: undefined }, 'server().restart must be a function'],
  ])('a driver is refused by name where its server() gives %s', async (_what, given, message) => {
    const harness = { make: () => ({}) as AnyDriver, server: () => given as DriverServer };
    for (const { run } of driverContract(harness)) await expect(run()).rejects.toThrow(message);
  });

  it.each<[Contract, object, string]>([
    ['driverContract', { server: () => whole }, 'make() must be a driver'],
    ['discoveryContract', {}, 'make() must be a discovery'],
    ['routerContract', {}, 'make() must be a router'],
    ['invalidationBusContract', { interrupt: () => Promise.resolve() }, 'make() must be a bus'],
  ])('%s is refused by name where make() gives nothing', async (contract, rest, message) => {
    for (const { run } of contracts[contract]({ make: () => undefined, ...rest }))
      await expect(run()).rejects.toThrow(message);
  });
});
