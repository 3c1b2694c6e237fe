import { expectContract, same } from './contract-check.js';
import { DriverBench } from './driver-bench.js';
import type { AnyDriver } from './driver-bench.js';
import type { DriverServer } from './driver-server.js';

const minute = { ttl: '1m' } as const;

/** What a driver does when its server is away, late or lost, and what it requires of the server itself. */
export const connectionChecks: Readonly<
  Record<string, (bench: DriverBench, server: DriverServer, make: () => AnyDriver) => Promise<void>>
> = {
  'opens where there is no server, and reports by ping that it cannot be reached': async (_bench, server, make) => {
    const nowhere = new DriverBench(make(), server.nowhere);
    same(await nowhere.failure(nowhere.driver.ping(nowhere.client)), 'node', 'ping without a server');
    same(await nowhere.failure(nowhere.commands.get(nowhere.key('k'))), 'node', 'get without a server');
    await nowhere.close();
  },

  'answers a ping': async (bench) => same(await bench.failure(bench.driver.ping(bench.client)), 'none', 'ping'),

  'invalidates the keys that it is given, and no other': async (bench) => {
    const { commands, key, driver, client } = bench;
    expectContract(
      driver.invalidate !== undefined,
      'a driver without invalidate() lets a node that was away serve old values',
    );
    const names = Array.from({ length: 1200 }, (_, i) => key(`k${i}`));
    await Promise.all(names.map((name) => commands.set(name, 1, minute)));
    await driver.invalidate(client, names.slice(0, 1199));
    same([...(await commands.getMany(names)).keys()], names.slice(1199), 'what is left after invalidate');
    await driver.invalidate(client, []);
    same(await commands.get(names[1199]!), 1, 'what is left after invalidate of nothing');
  },

  'flushes, and gives the statistics and version of its node': async ({ commands, nodeCommands, key }) => {
    await commands.set(key('k'), 1, minute);
    await nodeCommands.flush();
    same(await commands.get(key('k')), undefined, 'get after flush');
    expectContract(Object.keys(await nodeCommands.stats()).length > 5, 'stats must name what the server counts');
    expectContract(/\d+\.\d+/.test(await nodeCommands.version()), 'version must be that of the server');
  },

  'rejects what is in flight when it is abandoned, and connects anew': async (bench, server) => {
    const { commands, driver, client, key } = bench;
    await commands.set(key('k'), 1, minute);
    server.pause();
    // A server that is at work needs a moment to stop: until then it may answer.
    let failure: string = 'none';
    await bench.until('the frozen server leaves a question open', async () => {
      const open = bench.failure(commands.get(key('k')));
      await new Promise((resolve) => setTimeout(resolve, 50));
      driver.abandon(client);
      return (failure = await open) !== 'none';
    });
    same(failure, 'node', 'an operation in flight when the client was abandoned');
    server.resume();
    await bench.until('it works again', async () => (await bench.failure(commands.get(key('k')))) === 'none');
    same(await commands.get(key('k')), 1, 'the value after that');
  },

  'blames the node for a lost connection, and heals': async (bench, server) => {
    const { commands, key } = bench;
    await commands.set(key('k'), 1, minute);
    await server.restart();
    await bench.until('it works again', async () => {
      const failure = await bench.failure(commands.set(key('k'), 2, minute));
      expectContract(
        failure === 'none' || failure === 'node',
        `a lost connection is the node's fault (found ${failure})`,
      );
      return failure === 'none';
    });
    same(await commands.get(key('k')), 2, 'the value after the restart');
  },

  'refuses when it is closed': async (bench) => {
    await bench.commands.set(bench.key('k'), 1, minute);
    await bench.close();
    same(await bench.failure(bench.commands.get(bench.key('k'))), 'node', 'get after close');
    await bench.close();
  },
};
