import { tightestOf } from '../algorithm/decision.js';
import type { Decision, LimitStatus } from '../contracts/decision.js';
import { structuredString } from './structured-field.js';

/**
 * `'ietf'`: `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers). `'x-ratelimit'`: `X-RateLimit-Limit`,
 * `-Remaining` and `-Reset` in seconds from now. `'x-ratelimit-window'`: the window in milliseconds.
 */
export type HeaderSet = 'ietf' | 'x-ratelimit' | 'x-ratelimit-window';

export const HEADER_SETS: readonly HeaderSet[] = ['ietf', 'x-ratelimit', 'x-ratelimit-window'];

export type Headers = Readonly<Record<string, string>>;

/**
 * The headers that show a client where it stands. With several decisions, `X-RateLimit-*` shows the tightest.
 *
 * @returns nothing for decisions that were let through without a storage: nothing is known of them
 * @example rateLimitHeaders([decision], ['ietf']) // { 'RateLimit-Policy': '"api";q=100;w=60', RateLimit: '"api";r=12;t=1' }
 */
export function rateLimitHeaders(decisions: readonly Decision[], sets: readonly HeaderSet[]): Headers {
  const limits = decisions.flatMap((decision) => decision.limits);
  if (limits.length === 0) return {};
  return Object.assign({}, ...sets.map((set) => RENDER[set](limits))) as Headers;
}

/** Whole seconds, rounded up, until the last of the refused decisions would pass; empty when none was refused. */
export function retryAfterHeader(decisions: readonly Decision[]): Headers {
  const refused = decisions.filter((decision) => !decision.allowed);
  return refused.length === 0
    ? {}
    : { 'Retry-After': String(seconds(Math.max(...refused.map((decision) => decision.retryAfterMs)))) };
}

const RENDER: Record<HeaderSet, (limits: readonly LimitStatus[]) => Headers> = {
  ietf: (limits) => ({
    'RateLimit-Policy': limits.map(policyItem).join(', '),
    RateLimit: limits.map(statusItem).join(', '),
  }),
  'x-ratelimit': (limits) => {
    const { limit, remaining, resetMs } = tightestOf(limits);
    return {
      'X-RateLimit-Limit': String(limit),
      'X-RateLimit-Remaining': String(remaining),
      'X-RateLimit-Reset': String(seconds(resetMs)),
    };
  },
  'x-ratelimit-window': (limits) => ({ 'X-RateLimit-Window': String(tightestOf(limits).windowMs) }),
};

/** The draft's window is in whole seconds above zero, so a shorter one is left out. */
function policyItem({ name, limit, windowMs }: LimitStatus): string {
  const window = windowMs < 1000 ? '' : `;w=${seconds(windowMs)}`;
  return `${structuredString(name)};q=${limit}${window}`;
}

function statusItem({ name, remaining, nextTokenMs }: LimitStatus): string {
  const next = nextTokenMs === 0 ? '' : `;t=${seconds(nextTokenMs)}`;
  return `${structuredString(name)};r=${remaining}${next}`;
}

const seconds = (ms: number): number => Math.ceil(ms / 1000);
