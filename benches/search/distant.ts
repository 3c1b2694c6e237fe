import { connect, createServer, type AddressInfo } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** A server as if it were on another machine: what goes there arrives `delayMs` later. In a thread of its own. */
export async function distant(
  address: string,
  delayMs: number,
): Promise<{ readonly address: string; close(): Promise<void> }> {
  const url = new URL(address);
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { host: url.hostname, port: Number(url.port), delayMs },
  });
  url.port = String(
    await new Promise<number>((resolve, reject) => worker.once('message', resolve).once('error', reject)),
  );
  return { address: url.href, close: async () => void (await worker.terminate()) };
}

if (!isMainThread) {
  const { host, port, delayMs } = workerData as { host: string; port: number; delayMs: number };
  const server = createServer({ noDelay: true }, (client) => {
    const target = connect({ host, port, noDelay: true });
    client.on('data', (bytes) => setTimeout(() => target.write(bytes), delayMs));
    target.on('data', (bytes) => client.write(bytes));
    for (const [one, other] of [
      [client, target],
      [target, client],
    ] as const)
      one.on('close', () => other.destroy()).on('error', () => other.destroy());
  });
  server.listen(0, '127.0.0.1', () => parentPort!.postMessage((server.address() as AddressInfo).port));
}
