import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { HerdNodeError, startHerd, staticNodes } from '@rookery/herd';
import type { Tls, TlsOptions } from '@rookery/herd/memcached';
import { memcached } from '@rookery/herd/memcached';
import { metaMemcached } from '@rookery/herd/meta-memcached';
import { holdEventLoop } from '@rookery/services';
import { redis } from '@rookery/herd/redis';
import type { AnyDriver } from '@rookery/herd/testing';
import { Redis } from 'ioredis';

import { Authority } from './authority.js';
import type { CertificateFiles } from './authority.js';
import { until } from './poll.js';
import { memcachedTls, redisTls, socketPath, startMemcachedWith, startRedisWith } from './secured-servers.js';
import type { Secured } from './secured-servers.js';

type Connection = { tls?: Tls; username?: string; password?: string; path?: string };
type Setting = Connection | Promise<Connection> | (() => Connection | Promise<Connection>);

/** One kind of server, and a driver for it. */
type Subject = Readonly<{
  make: (connection: Setting) => AnyDriver;
  startTls: (files: CertificateFiles, port?: number) => Promise<Secured>;
  /** It asks clients for a certificate of the same authority. */
  startMutual: (files: CertificateFiles) => Promise<Secured>;
  startPlain: () => Promise<Secured>;
  startLocked: (folder: string, password: string, port?: number) => Promise<Secured>;
  startSocket: (path: string) => Promise<Secured>;
}>;

const memcachedServers = {
  startTls: (files: CertificateFiles, port?: number) => startMemcachedWith(memcachedTls(files), port),
  startMutual: (files: CertificateFiles) =>
    startMemcachedWith([...memcachedTls(files), '-o', `ssl_verify_mode=2,ssl_ca_cert=${files.ca}`]),
  startPlain: () => startMemcachedWith([]),
  startLocked: (folder: string, password: string, port?: number) => {
    const file = join(folder, 'users');
    writeFileSync(file, `user:${password}\n`, { mode: 0o644 });
    return startMemcachedWith(['-Y', file], port);
  },
  startSocket: (path: string) => startMemcachedWith(['-s', path, '-a', '777']),
};

const subjects: Readonly<Record<string, Subject>> = {
  memcached: { make: (connection) => memcached({ connection, defaultTtl: '1m' }), ...memcachedServers },
  metaMemcached: { make: (connection) => metaMemcached({ connection, defaultTtl: '1m' }), ...memcachedServers },
  redis: {
    make: (connection) => redis({ connection, defaultTtl: '1m' }),
    startTls: (files, port) => startRedisWith(redisTls(files), false, port),
    startMutual: (files) => startRedisWith([...redisTls(files), '--tls-auth-clients', 'yes'], false),
    startPlain: () => startRedisWith([]),
    startLocked: (_folder, password, port) =>
      startRedisWith(['--user', 'default', 'off', ...userOf('user', password)], true, port),
    startSocket: (path) => startRedisWith(['--unixsocket', path]),
  },
};

/** Arguments of Redis for a user who may do all. */
const userOf = (name: string, password: string) => ['--user', name, 'on', `>${password}`, '~*', '+@all'];

const messageOf = (error: unknown): string => (error as Error | undefined)?.message ?? 'no error';

describe.each(Object.entries(subjects))('the connections of %s', (_name, subject) => {
  let authority: Authority;
  beforeAll(() => {
    authority = new Authority();
  });
  afterAll(() => authority?.close());

  /** A herd, and the driver that it uses, whose trouble is reported by `ping` at first hand. */
  async function open(server: Secured, connection: Setting) {
    const driver = subject.make(connection);
    const fast = { timeoutMs: 2000, probeMs: 20, maxProbeMs: 50 };
    const herd = await startHerd({ discovery: staticNodes([server.node]), driver, onNodeDown: 'error', ...fast });
    const client: unknown = driver.open(server.node);
    return {
      async works(): Promise<void> {
        let error: unknown;
        const stored = () => herd.set('k', 'välue\r\n').catch((thrown: unknown) => void (error = thrown));
        await until(
          () => `the server answers (${messageOf(error)})`,
          async () => (await stored()) === true,
        );
        expect(await herd.get('k')).toBe('välue\r\n');
      },
      async fails(why: RegExp): Promise<string> {
        let error: unknown;
        await until(
          () => `it fails by ${why} (${messageOf(error)})`,
          async () => {
            error = await driver.ping(client).catch((thrown: unknown) => thrown);
            return why.test(messageOf(error));
          },
        );
        expect(error).toBeInstanceOf(HerdNodeError);
        return (error as HerdNodeError).code;
      },
      /** A ping by a new connection. */
      async pings(): Promise<string> {
        const fresh: unknown = driver.open(server.node);
        const ping = driver.ping(fresh).then(
          () => 'answered',
          (error: unknown) => messageOf(error),
        );
        return ping.finally(() => driver.close(fresh));
      },
      async close(): Promise<void> {
        await driver.close(client);
        await herd.close();
      },
    };
  }
  type Opened = Awaited<ReturnType<typeof open>>;

  async function using(started: Promise<Secured>, connection: Setting, use: (opened: Opened) => Promise<void>) {
    const server = await started;
    const opened = await open(server, connection);
    try {
      await use(opened);
    } finally {
      await opened.close();
      await server.stop();
    }
  }
  const works = (opened: Opened): Promise<void> => opened.works();
  const fails = async (opened: Opened, why: RegExp): Promise<void> => void (await opened.fails(why));

  it('speak TLS, and check the certificate by its authority', async () => {
    const files = authority.sign('good', 'IP:127.0.0.1');
    await using(subject.startTls(files), { tls: { ca: authority.ca } }, works);
  });

  it('check the certificate by a name where one is set', async () => {
    const files = authority.sign('named', 'DNS:cache.test');
    const tls = { ca: authority.ca, servername: 'cache.test' };
    await using(subject.startTls(files), { tls }, works);
  });

  it.each<[string, string, number, (ca: string) => Tls, RegExp]>([
    ['has expired', 'IP:127.0.0.1', -1, (ca) => ({ ca }), /certificate has expired.*: renew the certificate/],
    [
      'names another host',
      'IP:127.0.0.9',
      3,
      (ca) => ({ ca }),
      /does not match.*: use a host that the certificate names/,
    ],
    ['is signed by an unknown authority', 'IP:127.0.0.1', 3, () => true, /: pass the certificate of its authority/],
  ])('refuse a certificate that %s, with the remedy', async (name, names, days, tlsOf, why) => {
    const files = authority.sign(name.replaceAll(' ', '-'), names, days);
    await using(subject.startTls(files), { tls: tlsOf(authority.ca) }, (herd) => fails(herd, why));
  });

  const clientOf = (from: Authority, name: string, days = 3): Pick<TlsOptions, 'cert' | 'key'> => {
    const { cert, key } = from.sign(name, 'DNS:client', days);
    return { cert: readFileSync(cert), key: readFileSync(key) };
  };

  it('show a certificate of their own where the server requires one', async () => {
    const server = subject.startMutual(authority.sign('asks', 'IP:127.0.0.1'));
    await using(server, { tls: { ca: authority.ca, ...clientOf(authority, 'client') } }, works);
  });

  it.each<[string, (own: Authority, other: Authority) => Tls, RegExp]>([
    ['no certificate', ({ ca }) => ({ ca }), /: pass connection\.tls\.cert and connection\.tls\.key/],
    [
      'one that has expired',
      (own) => ({ ca: own.ca, ...clientOf(own, 'late', -1) }),
      /: renew connection\.tls\.cert, which has expired/,
    ],
    [
      'one of an authority that it does not know',
      (own, other) => ({ ca: own.ca, ...clientOf(other, 'stranger') }),
      /: pass a connection\.tls\.cert of an authority that the server trusts/,
    ],
  ])('have the remedy where the server is shown %s', async (_case, tlsOf, why) => {
    const other = new Authority();
    const server = subject.startMutual(authority.sign('picky', 'IP:127.0.0.1'));
    await using(server, { tls: tlsOf(authority, other) }, (herd) => fails(herd, why));
    other.close();
  });

  it('use a server again whose certificate was renewed', async () => {
    const expired = await subject.startTls(authority.sign('expired', 'IP:127.0.0.1', -1));
    const herd = await open(expired, { tls: { ca: authority.ca } });
    await fails(herd, /expired/);
    await expired.stop();
    const renewed = await subject.startTls(authority.sign('renewed', 'IP:127.0.0.1'), expired.node.port);
    await works(herd);
    await herd.close();
    await renewed.stop();
  });

  it('report what is wrong where only one side speaks TLS', async () => {
    await using(subject.startPlain(), { tls: { ca: authority.ca } }, (herd) => fails(herd, /tls out|TLS|closed/));
    const files = authority.sign('deaf', 'IP:127.0.0.1');
    await using(subject.startTls(files), {}, (herd) => fails(herd, /whether it expects TLS \(connection\.tls\)/));
  });

  it('log in, from an object, a promise or a function', async () => {
    const login = { username: 'user', password: 'pass-word' };
    await using(subject.startLocked(authority.folder, login.password), login, works);
    await using(subject.startLocked(authority.folder, login.password), Promise.resolve(login), works);
    await using(subject.startLocked(authority.folder, login.password), () => Promise.resolve(login), works);
  });

  it('report that a password is missing or wrong', async () => {
    const why = /: pass connection\.username and connection\.password/;
    for (const connection of [{}, { username: 'user', password: 'wrong' }])
      await using(subject.startLocked(authority.folder, 'right'), connection, async (opened) =>
        expect(await opened.fails(why)).toBe('HERD_REFUSED'),
      );
  });

  it.each([{}, { username: 'user', password: 'first' }])('leave a server at once that refuses %j', async (login) => {
    const first = await ('password' in login
      ? subject.startLocked(authority.folder, 'first')
      : Promise.resolve(subject.startPlain()));
    const herd = await startHerd({
      discovery: staticNodes([first.node]),
      driver: subject.make(login),
      ejectAfter: 1000,
      timeoutMs: 2000,
      probeMs: 20,
      maxProbeMs: 50,
      onNodeDown: 'error',
    });
    await until('it works', () => herd.set('k', 1).catch(() => false));
    await first.stop();
    const second = await subject.startLocked(authority.folder, 'second', first.node.port);
    let thrown = '';
    await until(
      () => `it is refused (${thrown})`,
      () => herd.get('k').then(Boolean, (error: unknown) => /connection\.password/.test((thrown = messageOf(error)))),
    );
    expect(herd.topology.nodes[0]!.health).toMatchObject({ state: 'down', reason: thrown });
    await herd.close();
    await second.stop();
  });

  it('read the password anew at each connection, so that it may change while the application runs', async () => {
    let password = 'first';
    let calls = 0;
    const connection = () => {
      calls++;
      return Promise.resolve({ username: 'user', password });
    };
    const first = await subject.startLocked(authority.folder, 'first');
    const herd = await open(first, connection);
    await works(herd);
    const before = calls;
    await first.stop();
    const second = await subject.startLocked(authority.folder, 'second', first.node.port);
    await fails(herd, /pass connection\.username/);
    password = 'second';
    await works(herd);
    expect(calls).toBeGreaterThan(before);
    await herd.close();
    await second.stop();
  });

  it('report a function that fails or gives what is wrong, and go on once it does not', async () => {
    let given: () => Promise<Connection> = () => Promise.reject(new Error('the vault is sealed'));
    await using(
      subject.startPlain(),
      () => given(),
      async (herd) => {
        await fails(herd, /the vault is sealed\): see why connection, a function or promise, failed$/);
        given = () => Promise.resolve({ pasword: 'x' } as Connection);
        await fails(herd, /connection\.pasword is not an option.*: mend what connection gives$/);
        given = () => {
          throw new Error('no vault');
        };
        await fails(herd, /no vault\): see why connection, a function or promise, failed$/);
        given = () => Promise.resolve({});
        await works(herd);
      },
    );
  });

  it('do not wait for ever for a function', async () => {
    await using(
      subject.startPlain(),
      () => new Promise<never>(() => undefined),
      (herd) => fails(herd, /within 500 ms/),
    );
  });

  it('have their time though this process is busy meanwhile', async () => {
    const login = { username: 'user', password: 'pass-word' };
    const files = authority.sign('busy', 'IP:127.0.0.1');
    const ways: [Promise<Secured>, Setting][] = [
      [subject.startPlain(), {}],
      [subject.startLocked(authority.folder, login.password), login],
      [subject.startTls(files), { tls: { ca: authority.ca } }],
    ];
    const all = async (rest: typeof ways, opened: readonly Opened[]): Promise<void> => {
      const [way, ...others] = rest;
      if (way) return using(...way, (one) => all(others, [...opened, one]));
      await Promise.all(opened.map(works));
      // The event loop is held after each of the first turns.
      for (const turns of [1, 2, 3]) {
        const pings = opened.map((one) => one.pings());
        for (let turn = 0; turn < turns; turn++) {
          await new Promise(setImmediate);
          holdEventLoop(700);
        }
        expect(await Promise.all(pings)).toEqual(['answered', 'answered', 'answered']);
      }
    };
    await all(ways, []);
  }, 60_000);

  it('go through a Unix socket', async () => {
    const socket = socketPath(authority.folder, 's');
    await using(subject.startSocket(socket.path), { path: socket.path }, works);
    socket.remove();
  });

  it('report a Unix socket on which nobody listens by its own remedy', async () => {
    const { path } = socketPath(authority.folder, 'absent');
    await using(subject.startPlain(), { path }, (herd) =>
      fails(herd, /absent\): see that the server listens on connection\.path/),
    );
  });

  it('report a promise that fails', async () => {
    const sealed = Promise.reject(new Error('the vault is sealed'));
    await using(subject.startPlain(), sealed, (herd) =>
      fails(herd, /sealed\): see why connection, a function or promise, failed$/),
    );
  });
});

it('leave a Redis whose user was deleted, and log in anew once it may', async () => {
  const server = await startRedisWith(userOf('app', 'first'));
  let password = 'first';
  const herd = await startHerd({
    discovery: staticNodes([server.node]),
    driver: redis({ defaultTtl: '1m', connection: () => ({ username: 'app', password }) }),
    onNodeDown: 'error',
    probeMs: 20,
    maxProbeMs: 50,
  });
  await until('it works', () => herd.set('k', 1).catch(() => false));
  const admin = new Redis({ host: server.node.host, port: server.node.port });
  await admin.call('ACL', 'DELUSER', 'app');
  await until('it is refused', () =>
    herd.get('k').then(
      () => false,
      () => true,
    ),
  );
  await admin.call('ACL', 'SETUSER', 'app', 'on', '>second', '~*', '+@all');
  password = 'second';
  await until('it works again', () => herd.set('k', 2).catch(() => false));
  admin.disconnect();
  await herd.close();
  await server.stop();
});
