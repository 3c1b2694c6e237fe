import { Inject, Injectable, Logger, Module } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { getHerdToken, HerdModule, HerdOptionError, InjectHerd, staticNodes } from '@rookery/herd';
import type { Herd, HerdOptionsFactory } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import type { MemcachedCommands } from '@rookery/herd/memcached';
import { startMemcachedNode } from '@rookery/herd/testing';
import type { MemcachedNode } from '@rookery/herd/testing';
import { jest } from '@jest/globals';

const driver = memcached({ defaultTtl: '1m' });

@Injectable()
class Addresses implements OnModuleInit, OnApplicationShutdown {
  found: unknown;
  storedLast: boolean | undefined;
  constructor(@InjectHerd('cache') private readonly cache: Herd<MemcachedCommands>) {}

  async onModuleInit(): Promise<void> {
    await this.cache.set('early', 'bird');
    this.found = await this.cache.get('early');
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.storedLast = await this.cache.set('last', 'words');
  }

  onApplicationShutdown(): void {}
}

@Module({ providers: [Addresses] })
class AddressModule {}

describe('HerdModule', () => {
  let server: MemcachedNode;
  let discovery: ReturnType<typeof staticNodes>;
  beforeAll(async () => {
    server = await startMemcachedNode();
    discovery = staticNodes([`127.0.0.1:${server.port}`]);
  });
  afterAll(() => server.close());
  const build = async (...imports: NonNullable<Parameters<typeof Test.createTestingModule>[0]['imports']>) => {
    const app = (await Test.createTestingModule({ imports }).compile()).createNestApplication({ logger: false });
    await app.init();
    return app;
  };

  it('is ready before the onModuleInit of others, and closes after their shutdown began', async () => {
    const app = await build(AddressModule, HerdModule.forRoot({ name: 'cache', discovery, driver }));
    const addresses = app.get(Addresses, { strict: false });
    expect(addresses.found).toBe('bird');
    const herd = app.get<Herd<MemcachedCommands>>(getHerdToken('cache'));
    await app.close();
    expect(addresses.storedLast).toBe(true);
    await expect(herd.get('k')).rejects.toThrow('Herd "cache" is closed');
  });

  it('keeps several herds apart by name', async () => {
    const other = await startMemcachedNode();
    const app = await build(
      HerdModule.forRoot({ name: 'cache', discovery, driver }),
      HerdModule.forRoot({ discovery: staticNodes([`127.0.0.1:${other.port}`]), driver }),
    );
    const cache = app.get<Herd<MemcachedCommands>>(getHerdToken('cache'));
    const unnamed = app.get<Herd<MemcachedCommands>>(getHerdToken());
    await cache.set('k', 'cache');
    await unnamed.set('k', 'other');
    expect([await cache.get('k'), await unnamed.get('k')]).toEqual(['cache', 'other']);
    expect([cache.name, unnamed.name]).toEqual(['cache', 'default']);
    await app.close();
    await other.close();
  });

  it.each(['useFactory', 'useClass', 'useExisting'] as const)('takes its options by %s', async (way) => {
    @Injectable()
    class Settings implements HerdOptionsFactory {
      createHerdOptions() {
        return { discovery, driver };
      }
    }
    @Module({ providers: [Settings], exports: [Settings] })
    class SettingsModule {}
    const imports = [SettingsModule];
    const app = await build(
      AddressModule,
      HerdModule.forRootAsync({
        name: 'cache',
        imports,
        ...(way === 'useFactory'
          ? { inject: [Settings], useFactory: (settings: Settings) => Promise.resolve(settings.createHerdOptions()) }
          : way === 'useClass'
            ? { useClass: Settings }
            : { useExisting: Settings }),
      }),
    );
    expect(app.get(Addresses, { strict: false }).found).toBe('bird');
    await app.close();
  });

  it('refuses two herds of one name at boot', async () => {
    const twice = build(
      HerdModule.forRoot({ name: 'cache', discovery, driver }),
      HerdModule.forRootAsync({ name: 'cache', useFactory: () => ({ discovery, driver }) }),
    );
    await expect(twice).rejects.toThrow(
      `name must not be that of another HerdModule; give each herd of an application a name of its own (got 'cache')`,
    );
  });

  it('refuses a wrong option at boot, by name and with the remedy', async () => {
    expect(() => HerdModule.forRoot({ discovery, driver, refresh: 'soon' as never })).toThrow(HerdOptionError);
    const wrong = build(HerdModule.forRootAsync({ useFactory: () => ({ discovery, driver, timeoutMs: 0 }) }));
    await expect(wrong).rejects.toThrow('timeoutMs must be milliseconds');
    const renamed = build(HerdModule.forRootAsync({ useFactory: () => ({ discovery, driver, name: 'cache' }) }));
    await expect(renamed).rejects.toThrow('name must be given to forRootAsync');
    const misspelt = () =>
      HerdModule.forRootAsync({ nmae: 'cache', useFactory: () => ({ discovery, driver }) } as never);
    expect(misspelt).toThrow('nmae is not an option; did you mean name?');
    expect(() => HerdModule.forRootAsync({} as never)).toThrow('must have one of useFactory, useClass, useExisting');
    expect(() => HerdModule.forFeature(['a b', { name: 'n', bta: 1 } as never])).toThrow(
      /^2 herd options are wrong:\n.*namespace must be .*\n.*bta is not an option; did you mean beta\?/,
    );
  });

  it('can be replaced in tests', async () => {
    @Injectable()
    class Reader {
      constructor(@Inject(getHerdToken('cache')) readonly cache: unknown) {}
    }
    const fake = {
      name: 'fake',
      topology$: { subscribe: () => undefined },
      stopDiscovery: () => undefined,
      close: () => undefined,
    };
    const module = await Test.createTestingModule({
      imports: [HerdModule.forRoot({ name: 'cache', discovery, driver })],
      providers: [Reader],
    })
      .overrideProvider(getHerdToken('cache'))
      .useValue(fake)
      .compile();
    expect(module.get(Reader).cache).toBe(fake);
    await module.close();
  });

  it('starts although no node answers, logs that, and logs when one is back', async () => {
    const later = await startMemcachedNode();
    await later.close();
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const log = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
    const app = await build(HerdModule.forRoot({ discovery: staticNodes([`127.0.0.1:${later.port}`]), driver }));
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]![0]).toMatch(`Node 127.0.0.1:${later.port} is down: `);
    const again = await startMemcachedNode({ port: later.port });
    const herd = app.get<Herd<MemcachedCommands>>(getHerdToken());
    await new Promise<void>((resolve) =>
      herd.topology$.subscribe(({ nodes }) => nodes[0]!.health.state === 'up' && resolve()),
    );
    expect(log.mock.calls.map(([text]) => String(text))).toContain(`Node 127.0.0.1:${later.port} is up again`);
    await app.close();
    await again.close();
    warn.mockRestore();
    log.mockRestore();
  });
});
