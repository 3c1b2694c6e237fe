import { Limiter, memoryStorage } from '@rookery/limiter';

// new RateLimiterMemory({ points: 6, duration: 1 })
export const limiter = new Limiter({ storage: memoryStorage(), policies: { api: { limit: 6, per: '1s' } } });

// try { await rateLimiter.consume(ip, 2) } catch (rejected) { wait(rejected.msBeforeNext) }
export async function handle(ip: string): Promise<string> {
  const { allowed, retryAfterMs } = await limiter.consume('api', ip, { cost: 2 });
  return allowed ? 'ok' : `retry in ${retryAfterMs} ms`;
}
