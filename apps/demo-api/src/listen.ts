import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { DEFAULT_PORT } from './config/defaults.js';
import type { DemoConfig } from './config/demo-config.js';
import { StartError } from './start-error.js';

/**
 * Listens on the chosen port; where none was chosen on 3000, or a free one when that is taken.
 *
 * @returns the address to call
 * @throws {@link StartError} that names the chosen port.
 */
export async function listen(server: Server, { host, port }: Pick<DemoConfig, 'host' | 'port'>): Promise<string> {
  try {
    await listenOn(server, host, port ?? DEFAULT_PORT);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (port === undefined && code === 'EADDRINUSE') await listenOn(server, host, 0);
    else
      throw new StartError(
        `Port ${port ?? DEFAULT_PORT} of ${host} cannot be used (${code}): set PORT to another one, or to 0 for any free one, and HOST to an address of this machine.`,
        { cause: error },
      );
  }
  const { address, family, port: chosen } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${chosen}`;
}

/** The server itself, as Nest's own `listen` logs what is expected here. */
async function listenOn(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
}
