import { inProcessBus } from '@rookery/herd';
import type { InvalidationBus } from '@rookery/herd';
import { redisBus } from '@rookery/herd/redis';
import { ContractViolation, invalidationBusContract } from '@rookery/herd/testing';
import { startRedis } from '@rookery/services';
import type { RunningServer } from '@rookery/services';
import { Redis } from 'ioredis';

describe('the bus of one process', () => {
  const bus = inProcessBus();
  for (const { name, run } of invalidationBusContract({ make: () => bus })) it(name, run);
});

describe('the bus over Redis', () => {
  let server: RunningServer;
  const clients: Redis[] = [];
  const make = (): InvalidationBus => {
    const client = new Redis({ host: server.host, port: server.port, lazyConnect: true, retryStrategy: () => 20 });
    client.on('error', () => undefined);
    clients.push(client);
    return redisBus(client);
  };
  beforeAll(async () => {
    server = await startRedis();
  });
  afterEach(() => clients.splice(0).forEach((client) => client.disconnect()));
  afterAll(() => server?.stop());
  const interrupt = async () => {
    await server.kill();
    await server.restart();
  };
  for (const { name, run } of invalidationBusContract({ make, interrupt })) it(name, run, 30_000);

  it('reports a gap for what is no invalidation', async () => {
    let gaps = 0;
    const end = make().subscribe({ onInvalidation: () => undefined, onGap: () => void gaps++ });
    const other = new Redis({ host: server.host, port: server.port });
    clients.push(other);
    while (Number(await other.publish('rookery:herd:invalidations', '{}')) === 0) await new Promise(setImmediate);
    const before = gaps;
    for (const text of ['no JSON', 'null', '{"origin":"a","herd":"h","namespace":"n","change":{"kind":"keys"}}'])
      await other.publish('rookery:herd:invalidations', text);
    while (gaps < before + 3) await new Promise(setImmediate);
    end();
  });

  it('refuses what is no client', () => {
    expect(() => redisBus({} as never, { chanel: 'x' } as never)).toThrow(
      /2 herd options are wrong:.*client must be.*did you mean channel\?/s,
    );
  });
});

describe('the contract suite catches a bus that', () => {
  const shared = inProcessBus();
  const broken: [string, string, Partial<InvalidationBus>, boolean][] = [
    ['delivers nothing', 'delivers to every other', { publish: () => Promise.resolve() }, false],
    [
      'changes messages',
      'delivers to every other',
      { publish: (one) => shared.publish({ ...one, change: { kind: 'all' } }) },
      false,
    ],
    [
      'goes on after the end',
      'serves two',
      { subscribe: (listener) => (shared.subscribe(listener), () => undefined) },
      false,
    ],
    ['hides a gap', 'reports a gap', {}, true],
  ];
  it.each(broken)(
    '%s',
    async (_fault, check, change, interrupts) => {
      const make = () => ({ ...shared, ...change });
      const harness = { make, ...(interrupts && { interrupt: () => Promise.resolve() }) };
      const { run } = invalidationBusContract(harness).find(({ name }) => name.startsWith(check))!;
      await expect(run()).rejects.toThrow(ContractViolation);
    },
    40_000,
  );
});
