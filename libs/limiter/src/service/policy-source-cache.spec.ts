import { resolvePolicy } from '../algorithm/policy.js';
import type { PolicyOptions } from '../contracts/policy.js';
import type { PolicySource } from '../contracts/policy-source.js';
import { PolicyUnavailableError } from '../errors/policy-error.js';
import { LimiterPolicies } from './limiter-policies.js';

const MAX_AGE_MS = 10_000;
const TIMEOUT_MS = 30;
const FALLBACK = resolvePolicy('api', { limit: 7, per: '1h' });

describe('policies of a source', () => {
  let now = 0;
  beforeEach(() => (now = 0));

  const open = (load: PolicySource['load'], save?: PolicySource['save']) => {
    const states: string[] = [];
    const policies = new LimiterPolicies(new Map([['api', FALLBACK]]), {
      source: { load, ...(save && { save }) },
      options: {
        maxAgeMs: MAX_AGE_MS,
        timeoutMs: TIMEOUT_MS,
        nowMs: () => now,
        failed: (error) => states.push(String((error as Error).message)),
        answered: () => states.push('answered'),
      },
    });
    const limit = async (name = 'api') => (await policies.get(name)).limits[0]!.limit;
    return { policies, limit, states };
  };
  const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
  const of = (limit: number): PolicyOptions => ({ limit, per: '1h' });

  it('loads a policy once for all that wait, and serves it at once until it is old', async () => {
    let loads = 0;
    const { policies, limit } = open(() => Promise.resolve(of(++loads)));
    expect(await Promise.all([limit(), limit(), limit()])).toEqual([1, 1, 1]);
    now = MAX_AGE_MS - 1;
    expect(policies.get('api')).toMatchObject({ name: 'api' });
    expect(loads).toBe(1);
    now = MAX_AGE_MS;
    expect(await limit()).toBe(1);
    await settle();
    expect(await limit()).toBe(2);
    expect(loads).toBe(2);
  });

  it('gives the same object for the same limits, and follows limits that change at each call', async () => {
    let limit = 5;
    const source = open(() => ({ ...of(limit) }));
    const first = await source.policies.get('api');
    now += MAX_AGE_MS;
    await source.policies.get('api');
    await settle();
    expect(await source.policies.get('api')).toBe(first);
    for (limit = 1; limit < 20; limit++) {
      now += MAX_AGE_MS;
      await source.limit();
      await settle();
      expect(await source.limit()).toBe(limit);
    }
  });

  const faults: [string, PolicySource['load'], RegExp][] = [
    [
      'throws',
      () => {
        throw new Error('boom');
      },
      /boom/,
    ],
    ['rejects', () => Promise.reject(new Error('down')), /down/],
    ['hangs', () => new Promise<never>(() => undefined), /no policy within 30 ms/],
    ['answers something wrong', () => of(0), /policy 'api' of the source.limit must be a whole number/],
    ['answers no object', () => 'pro' as never, /must be \{ limit, per/],
  ];

  it.each(faults)('keeps the last good answer of a source that %s', async (_, fault, message) => {
    let broken = false;
    const { limit, states } = open((name, signal) => (broken ? fault(name, signal) : of(3)));
    expect(await limit()).toBe(3);
    broken = true;
    for (let round = 0; round < 3; round++) {
      now += MAX_AGE_MS;
      expect(await limit()).toBe(3);
      await new Promise((resolve) => setTimeout(resolve, 2 * TIMEOUT_MS));
    }
    expect(await limit()).toBe(3);
    expect(states[0]).toBe('answered');
    expect(states.slice(1)).toEqual(states.slice(1).map(() => expect.stringMatching(message) as string));
  });

  it.each(faults)('holds the policy of the options where a source %s from the start', async (_, fault) => {
    const { limit } = open(fault);
    expect(await limit('api')).toBe(7);
    await expect(limit('other')).rejects.toThrow(PolicyUnavailableError);
  });

  it('calls a source that failed no more than once a second', async () => {
    let loads = 0;
    const { limit } = open(() => {
      loads++;
      throw new Error('down');
    });
    for (let call = 0; call < 50; call++) await limit();
    expect(loads).toBe(1);
    now += 1000;
    await limit();
    expect(loads).toBe(2);
  });

  it('aborts the signal when it waits no longer', async () => {
    let aborted = false;
    const { limit } = open((_, signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise<never>(() => undefined);
    });
    await limit();
    expect(aborted).toBe(true);
  });

  it('takes the policy of the options, or none, where the source has none', async () => {
    const { limit } = open(() => undefined);
    expect(await limit('api')).toBe(7);
    await expect(limit('other')).rejects.toThrow(/policy must be one of 'api'/);
  });

  it('saves what is set, and holds it at once; an answer that was under way does not undo it', async () => {
    const saved: Record<string, PolicyOptions> = {};
    let answer: ((options: PolicyOptions) => void) | undefined;
    const { policies, limit } = open(
      () => new Promise((resolve) => (answer = resolve)),
      (name, options) => void (saved[name] = options),
    );
    const waiting = limit();
    await policies.set('api', of(9));
    answer!(of(1));
    expect(await waiting).toBe(9);
    expect(await limit()).toBe(9);
    expect(saved).toEqual({ api: of(9) });
  });

  it('keeps what is set for good where the source cannot save', async () => {
    const { policies, limit } = open(() => of(1));
    await policies.set('api', of(9));
    now += 100 * MAX_AGE_MS;
    expect(await limit()).toBe(9);
    await settle();
    expect(await limit()).toBe(9);
  });
});
