import { createServer, type Server } from 'node:http';
import { listen } from './listen.js';
import { StartError } from './start-error.js';

const host = '127.0.0.1';
const servers: Server[] = [];

function server(): Server {
  const made = createServer();
  servers.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((made) => new Promise((resolve) => made.close(resolve))));
});

describe('listen', () => {
  it('names the chosen port when it is in use', async () => {
    const port = Number(new URL(await listen(server(), { host, port: 0 })).port);
    const attempt = listen(server(), { host, port });
    await expect(attempt).rejects.toThrow(StartError);
    await expect(attempt).rejects.toThrow(`Port ${port} of ${host} cannot be used (EADDRINUSE)`);
  });

  it('uses a free port when none was chosen and the usual one is in use', async () => {
    // The first may already get another port than 3000; then the second does too.
    const first = await listen(server(), { host, port: undefined });
    const second = await listen(server(), { host, port: undefined });
    expect(second).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(second).not.toBe(first);
  });

  it('names a host that this machine does not have', async () => {
    await expect(listen(server(), { host: '192.0.2.1', port: 0 })).rejects.toThrow(
      '192.0.2.1 cannot be used (EADDRNOTAVAIL)',
    );
  });
});
