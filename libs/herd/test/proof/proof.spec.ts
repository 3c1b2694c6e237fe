import { Crew } from './crew.js';
import { judge } from './judge.js';
import { prove } from './prove.js';

describe('several processes that write counters and read them', () => {
  const crews: Crew[] = [];
  let free: Crew | undefined;
  afterAll(() => Promise.all(crews.map((crew) => crew.close())));
  /** That of the round before, but where that has not ended in time. */
  async function take(): Promise<Crew> {
    const crew = free ?? (await Crew.start(3));
    if (crew !== free) crews.push(crew);
    free = undefined;
    return crew;
  }

  it.each([
    ['memcached', 'miss', 'frozen', 'none'],
    ['memcached', 'miss', 'leaves', 'none'],
    ['metaMemcached', 'miss', 'frozen', 'none'],
    ['metaMemcached', 'error', 'other opaque', 'none'],
    ['redis', 'miss', 'late', 'none'],
    ['redis', 'next', 'frozen', 'none'],
    ['redis', 'error', 'grows', 'none'],
    ['redis', 'miss', 'bus away', 'memory'],
    ['redis', 'miss', 'password', 'none'],
    ['metaMemcached', 'miss', 'frozen', 'memory'],
    ['metaMemcached', 'miss', 'leaves', 'aside'],
    ['memcached', 'next', 'certificates', 'none'],
    ['memcached', 'next', 'none', 'aside'],
    ['redisCluster', 'miss', 'reshards', 'none'],
    ['redisSentinel', 'miss', 'lying sentinel', 'memory'],
  ] as const)(
    'read nothing old through %s under %s, fault: %s, tier: %s',
    async (driver, policy, fault, tier) => {
      const crew = await take();
      const verdict = await prove(crew, { driver, policy, tier, fault }, { keys: 30, faultMs: 1200, restMs: 60 });
      free = crew;
      const { own, foreign, atRest, strange } = verdict;
      expect({ own, foreign, atRest, strange }).toEqual({ own: [], foreign: [], atRest: [], strange: [] });
      expect(verdict.values).toBeGreaterThan(20);
    },
    120_000,
  );
});

describe('the judge', () => {
  const done = (key: string, count: number, completedAt: number) => ({
    key,
    count,
    completedAt,
    outcome: 'done' as const,
  });
  const writes = [done('k', 1, 10), done('k', 2, 20), { ...done('k', 3, 30), outcome: 'not done' as const }];
  const judged = (read: object, policy: 'miss' | 'error' = 'miss') =>
    judge([{ writes, reads: [{ key: 'k', count: 1, startedAt: 100, ...read }] }], [], policy, 50);

  it('catches what is old to its writer, also by a write that was not done', () => {
    expect(judged({ count: 2, own: { done: 2, tried: 3 } }).own).toHaveLength(1);
    expect(judged({ count: 2, own: { done: 2, tried: 3 } }, 'error').own).toEqual([]);
    expect(judged({ count: 1, own: { done: 2, tried: 3 } }, 'error').own).toHaveLength(1);
  });

  it('catches what is old to others for longer than the bound, and no miss', () => {
    expect(judged({}).foreign).toHaveLength(1);
    expect(judged({ startedAt: 60 })).toMatchObject({ foreign: [], worstMs: 40 });
    expect(judged({ count: 0 }).foreign).toEqual([]);
  });

  it('catches what nobody has written', () => expect(judged({ count: 1e9 }).strange).toHaveLength(1));

  it('catches what is old at rest', () =>
    expect(
      judge([{ writes, reads: [] }], [{ writes: [], reads: [{ key: 'k', count: 2, startedAt: 0 }] }], 'miss', 50)
        .atRest,
    ).toHaveLength(1));
});
