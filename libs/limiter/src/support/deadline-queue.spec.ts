import { jest } from '@jest/globals';
import { DeadlineEntry, DeadlineQueue } from './deadline-queue.js';

describe('deadline queue', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const open = () => {
    const expired: string[] = [];
    class Named extends DeadlineEntry {
      constructor(private readonly name: string) {
        super();
      }
      override expire(timeoutMs: number): void {
        expired.push(`${this.name} after ${timeoutMs} at ${performance.now() - startedAt}`);
      }
    }
    const startedAt = performance.now();
    const queue = new DeadlineQueue(50);
    const add = (name: string): DeadlineEntry => {
      const entry = new Named(name);
      queue.add(entry);
      return entry;
    };
    return { queue, add, expired };
  };

  it('lets each entry expire at its own time, under one timer', () => {
    const { add, expired } = open();
    add('a');
    jest.advanceTimersByTime(20);
    add('b');
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(100);
    expect(expired).toEqual(['a after 50 at 50', 'b after 50 at 70']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([0, 1, 2])('forgets the one of three that is removed (%p)', (removed) => {
    const { queue, add, expired } = open();
    const entries = ['a', 'b', 'c'].map(add);
    queue.remove(entries[removed]!);
    jest.advanceTimersByTime(50);
    expect(expired.map((each) => each[0])).toEqual(['a', 'b', 'c'].filter((_, index) => index !== removed));
  });

  it('works again after it was empty', () => {
    const { queue, add, expired } = open();
    queue.remove(add('a'));
    jest.advanceTimersByTime(40);
    add('b');
    jest.advanceTimersByTime(49);
    expect(expired).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(expired).toEqual(['b after 50 at 90']);
  });
});

it('holds no process open when nothing waits', () => {
  const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
  const before = timers();
  const queue = new DeadlineQueue(50);
  const entry = new (class extends DeadlineEntry {
    override expire(): void {}
  })();
  queue.add(entry);
  expect(timers()).toBe(before + 1);
  queue.remove(entry);
  expect(timers()).toBe(before);
  queue.add(entry);
  expect(timers()).toBe(before + 1);
  queue.remove(entry);
});
