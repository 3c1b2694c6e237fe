import { createServer } from 'node:net';

const handedOut = new Set<number>();
/**
 * Above the ports of well-known services, and below those from which systems take the local ports of connections (32,768 on
 * Linux), as is the port that a Redis of a cluster uses besides: 10,000 higher.
 */
const [FIRST, COUNT] = [15_000, 7_700];

/**
 * A port of 127.0.0.1 that nothing listens on, and that this process was not given before. It is one that no connection of
 * another process can take before the caller's server listens: those come from the range above.
 */
export async function freePort(random: () => number = Math.random): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(random() * COUNT);
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    if (!(await portInUse(port))) return port;
  }
}

/** Whether something already listens on `port` of 127.0.0.1. */
export function portInUse(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(true));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(false)));
  });
}
