import { Agent, get } from 'node:http';

const CONNECTIONS = 32;
const WARM_UP_MS = 2_000;
const MEASURED_MS = 5_000;

/** Asks over keep-alive connections as fast as the answers come. Any answer but 200 ends it. */
export async function requestsPerSecond(
  urlOf: (request: number) => string,
): Promise<{ perSecond: number; p50Ms: number; p99Ms: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const from = performance.now() + WARM_UP_MS;
  const until = from + MEASURED_MS;
  const durations: number[] = [];
  let requests = 0;
  const connection = async () => {
    for (let at = performance.now(); at < until; at = performance.now()) {
      await ask(urlOf(requests++), agent);
      if (at >= from) durations.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  agent.destroy();
  durations.sort((a, b) => a - b);
  const quantile = (share: number) => durations[Math.floor(durations.length * share)] ?? NaN;
  return { perSecond: durations.length / (MEASURED_MS / 1000), p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
}

function ask(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
      response.resume().on('end', resolve).on('error', reject);
    });
    request.on('error', reject);
  });
}
