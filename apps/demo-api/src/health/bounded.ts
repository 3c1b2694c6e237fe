import type { HealthIndicatorResult } from '@nestjs/terminus';

type Check = () => HealthIndicatorResult | PromiseLike<HealthIndicatorResult>;

/** `check` under `key`, which is down where it has not answered within `timeoutMs`, whatever hangs. */
export function bounded(key: string, timeoutMs: number, check: Check): () => Promise<HealthIndicatorResult> {
  return () => {
    const late = AbortSignal.timeout(timeoutMs);
    return new Promise((resolve, reject) => {
      const answerForIt = () => resolve({ [key]: { status: 'down', message: `no answer within ${timeoutMs} ms` } });
      late.addEventListener('abort', answerForIt, { once: true });
      Promise.resolve().then(check).then(resolve, reject);
    });
  };
}
