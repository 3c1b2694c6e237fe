import { tightestOf } from '../algorithm/decision.js';
import type { Decision, LimitStatus } from '../contracts/decision.js';
import { TwoGenerationMap } from '../support/two-generation-map.js';
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
 * @returns nothing for decisions that were let through without a storage: they have no levels
 * @example rateLimitHeaders([decision], ['ietf']) // { 'RateLimit-Policy': '"api";q=100;w=60', RateLimit: '"api";r=12;t=1' }
 */
export function rateLimitHeaders(decisions: readonly Decision[], sets: readonly HeaderSet[]): Headers {
  const headers: Record<string, string> = {};
  writeRateLimitHeaders(decisions, sets, (name, value) => (headers[name] = value));
  return headers;
}

/** {@link rateLimitHeaders}, without an object between. */
export function writeRateLimitHeaders(
  decisions: readonly Decision[],
  sets: readonly HeaderSet[],
  write: (name: string, value: string) => void,
): void {
  const limits = decisions.length === 1 ? decisions[0]!.limits : decisions.flatMap((decision) => decision.limits);
  if (limits.length > 0) for (const set of sets) RENDER[set](limits, write);
}

/** Whole seconds, rounded up, until the last of the refused decisions would pass; empty when none was refused. */
export function retryAfterHeader(decisions: readonly Decision[]): Headers {
  const refused = decisions.filter((decision) => !decision.allowed);
  return refused.length === 0
    ? {}
    : { 'Retry-After': String(seconds(Math.max(...refused.map((decision) => decision.retryAfterMs)))) };
}

type Write = (name: string, value: string) => void;

const RENDER: Record<HeaderSet, (limits: readonly LimitStatus[], write: Write) => void> = {
  ietf: (limits, write) => {
    write('RateLimit-Policy', joined(limits, policyItem));
    write('RateLimit', joined(limits, statusItem));
  },
  'x-ratelimit': (limits, write) => {
    const { limit, remaining, resetMs } = tightestOf(limits);
    write('X-RateLimit-Limit', String(limit));
    write('X-RateLimit-Remaining', String(remaining));
    write('X-RateLimit-Reset', String(seconds(resetMs)));
  },
  'x-ratelimit-window': (limits, write) => write('X-RateLimit-Window', String(tightestOf(limits).windowMs)),
};

function joined(limits: readonly LimitStatus[], item: (limit: LimitStatus) => string): string {
  return limits.length === 1 ? item(limits[0]!) : limits.map(item).join(', ');
}

/** What is the same in every answer of a limit. */
interface Rendered {
  readonly limit: number;
  readonly windowMs: number;
  readonly name: string;
  readonly policy: string;
}

const REMEMBERED = 1000;
const rendered = new TwoGenerationMap<string, Rendered>(REMEMBERED);

function renderedOf({ name, limit, windowMs }: LimitStatus): Rendered {
  let known = rendered.get(name);
  if (known?.limit === limit && known.windowMs === windowMs) return known;
  // The draft's window is in whole seconds above zero, so a shorter one is left out.
  const window = windowMs < 1000 ? '' : `;w=${seconds(windowMs)}`;
  const text = structuredString(name);
  known = { limit, windowMs, name: text, policy: `${text};q=${limit}${window}` };
  rendered.set(name, known);
  return known;
}

const policyItem = (limit: LimitStatus): string => renderedOf(limit).policy;

function statusItem(limit: LimitStatus): string {
  const { remaining, nextTokenMs } = limit;
  const next = nextTokenMs === 0 ? '' : `;t=${seconds(nextTokenMs)}`;
  return `${renderedOf(limit).name};r=${remaining}${next}`;
}

const seconds = (ms: number): number => Math.ceil(ms / 1000);
