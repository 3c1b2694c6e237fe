import { jest } from '@jest/globals';
import { DeadlineEntry, DeadlineQueue } from './deadline-queue.js';

describe('deadline queue', () => {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ['setImmediate', 'clearImmediate'] }));
  afterEach(() => void jest.useRealTimers());

  /** A millisecond at a time, each with the turn of the event loop in which what has arrived is read. */
  const advance = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed++) {
      jest.advanceTimersByTime(1);
      await new Promise(setImmediate);
    }
  };

  const open = () => {
    const expired: string[] = [];
    class Named extends DeadlineEntry {
      constructor(private readonly name: string) {
        super(50);
      }
      override expire(): void {
        expired.push(`${this.name} at ${performance.now() - startedAt}`);
      }
    }
    const startedAt = performance.now();
    const queue = new DeadlineQueue();
    const add = (name: string, inMs?: number): DeadlineEntry => {
      const entry = new Named(name);
      queue.add(entry, inMs === undefined ? undefined : performance.now() + inMs);
      return entry;
    };
    return { queue, add, expired };
  };

  it('lets each entry expire at its own time, under one timer', async () => {
    const { add, expired } = open();
    add('a');
    await advance(20);
    add('b');
    expect(jest.getTimerCount()).toBe(1);
    await advance(100);
    expect(expired).toEqual(['a at 50', 'b at 70']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([0, 1, 2])('forgets the one of three that is removed (%p)', async (removed) => {
    const { queue, add, expired } = open();
    const entries = ['a', 'b', 'c'].map(add);
    queue.remove(entries[removed]!);
    await advance(50);
    expect(expired.map((each) => each[0])).toEqual(['a', 'b', 'c'].filter((_, index) => index !== removed));
  });

  it('judges an entry that is due earlier than those before it at its own time', async () => {
    const { add, expired } = open();
    add('a');
    add('b', 20);
    add('c', 90);
    add('d');
    await advance(20);
    expect(expired).toEqual(['b at 20']);
    await advance(70);
    expect(expired.slice(1)).toEqual(['a at 50', 'd at 50', 'c at 90']);
  });

  it('gives time once to entries that a busy event loop held up', async () => {
    const { add, expired } = open();
    add('a');
    const spy = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 80);
    jest.advanceTimersByTime(50);
    await new Promise(setImmediate);
    spy.mockRestore();
    expect(expired).toEqual([]);
    await advance(200);
    expect(expired).toHaveLength(1);
  });

  it('works again after it was empty', async () => {
    const { queue, add, expired } = open();
    queue.remove(add('a'));
    await advance(40);
    add('b');
    await advance(49);
    expect(expired).toEqual([]);
    await advance(1);
    expect(expired).toEqual(['b at 90']);
  });
});

it('holds no process open when nothing waits', () => {
  const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
  const before = timers();
  const queue = new DeadlineQueue();
  const entry = new (class extends DeadlineEntry {
    override expire(): void {}
  })(50);
  queue.add(entry);
  expect(timers()).toBe(before + 1);
  queue.remove(entry);
  expect(timers()).toBe(before);
  queue.add(entry);
  expect(timers()).toBe(before + 1);
  queue.remove(entry);
});
