import { readAhead } from './read-ahead.js';

describe('reading ahead', () => {
  const events: string[] = [];
  async function* numbers(upTo: number): AsyncGenerator<number> {
    try {
      for (let number = 1; number <= upTo; number += 1) {
        events.push(`made ${number}`);
        yield await Promise.resolve(number);
      }
    } finally {
      events.push('closed');
    }
  }
  beforeEach(() => void events.splice(0));

  it('gives all values in order, the next made while one is worked on', async () => {
    for await (const number of readAhead(numbers(3))) {
      events.push(`work on ${number}`);
      await new Promise(setImmediate);
      events.push(`done with ${number}`);
    }
    expect(events.filter((event) => event.startsWith('work'))).toEqual(['work on 1', 'work on 2', 'work on 3']);
    expect(events.indexOf('made 2')).toBeLessThan(events.indexOf('done with 1'));
    expect(events.indexOf('made 3')).toBeGreaterThan(events.indexOf('done with 1'));
  });

  it('closes the source of a reader that stops', async () => {
    for await (const number of readAhead(numbers(10))) if (number === 2) break;
    expect(events.at(-1)).toBe('closed');
    expect(events).not.toContain('made 4');
  });

  it('fails when the reader comes to the value that failed, and not before', async () => {
    async function* failing(): AsyncGenerator<number> {
      yield await Promise.resolve(1);
      throw new Error('no second');
    }
    const seen: number[] = [];
    const reading = (async () => {
      for await (const number of readAhead(failing())) {
        await new Promise(setImmediate);
        seen.push(number);
      }
    })();
    await expect(reading).rejects.toThrow('no second');
    expect(seen).toEqual([1]);
  });

  it('leaves no failure unhandled when the reader stops before it', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    async function* failing(): AsyncGenerator<number> {
      yield await Promise.resolve(1);
      throw new Error('nobody hears');
    }
    for await (const number of readAhead(failing())) if (number === 1) break;
    await new Promise(setImmediate);
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});
