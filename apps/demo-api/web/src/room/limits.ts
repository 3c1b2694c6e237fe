import { useEffect, useState } from 'preact/hooks';
import { onAnswer } from '../api.js';

/** What is left of a policy for this client, as an answer reported it at `at`; a bucket drains by `limit` each `windowMs`. */
type Left = Readonly<{ policy: string; remaining: number; limit: number; windowMs: number; at: number }>;

/** Reads `RateLimit` and `RateLimit-Policy`: `"search";r=118;t=1` and `"search";q=120;w=60`. */
function limitsOf(headers: Headers, at: number): Left[] {
  const policies = (headers.get('ratelimit-policy') ?? '').matchAll(/"([^"]+)";q=(\d+);w=(\d+)/g);
  const known = new Map(
    [...policies].map(([, name, quota, window]) => [name, [Number(quota), Number(window)] as const]),
  );
  return [...(headers.get('ratelimit') ?? '').matchAll(/"([^"]+)";r=(\d+)/g)].flatMap(([, policy, remaining]) => {
    const [limit, seconds] = known.get(policy) ?? [];
    if (policy === undefined || limit === undefined || seconds === undefined) return [];
    return [{ policy, remaining: Number(remaining), limit, windowMs: seconds * 1000, at }];
  });
}

export function leftAt({ remaining, limit, windowMs, at }: Left, now: number): number {
  return Math.min(limit, Math.floor(remaining + ((now - at) * limit) / windowMs));
}

/** The policies that the last answers named. */
export function useLimits(): readonly Left[] {
  const [limits, setLimits] = useState<ReadonlyMap<string, Left>>(new Map());
  useEffect(
    () =>
      onAnswer((headers) => {
        const heard = limitsOf(headers, performance.now());
        if (heard.length > 0)
          setLimits((before) => new Map([...before, ...heard.map((each) => [each.policy, each] as const)]));
      }),
    [],
  );
  return [...limits.values()];
}
