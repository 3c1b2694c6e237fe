import type { SearchEngine } from '../contracts/engine.js';
import { resolveSearchOptions, type SearchOptions } from './options.js';

const engine = { bulk: () => Promise.resolve([]) } as unknown as SearchEngine;

function refusalOf(options: object): string {
  try {
    resolveSearchOptions(options as SearchOptions);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it was accepted');
}

describe('the options of a search', () => {
  it('are completed and frozen', () => {
    const resolved = resolveSearchOptions({ engine, prefix: undefined, sync: 'manual' });
    expect(resolved).toMatchObject({ sync: 'manual', relay: true, createIndices: true, shutdownTimeoutMs: 5_000 });
    expect(Object.isFrozen(resolved)).toBe(true);
  });

  it.each([
    [{ engine, synk: 'outbox' }, "synk is not an option; did you mean sync? (got 'outbox')"],
    [{ engine, bulk: { maxByte: 5 } }, 'bulk.maxByte is not an option; did you mean bulk.maxBytes? (got 5)'],
    [{ engine, relay: { polMs: 5 } }, 'relay.polMs is not an option; did you mean relay.pollMs? (got 5)'],
    [{ engine, xyzzy: 1 }, 'xyzzy is not an option; the options are engine, name,'],
  ])('names no option in silence: %#', (options, message) => expect(refusalOf(options)).toContain(message));

  it.each([
    [{}, 'engine must be an engine such as openSearch({ node }) (got undefined)'],
    [undefined, 'the options must be an object of options (got undefined)'],
    [{ engine: {} }, 'engine must be an engine'],
    [{ engine, name: '' }, "name must be a name such as 'logs' (got '')"],
    [{ engine, prefix: 5 }, 'prefix must be a string (got 5)'],
    [{ engine, prefix: 'Dev' }, "(got 'Dev')"],
    [{ engine, sync: 'sometimes' }, "sync must be 'outbox', 'after-commit' or 'manual' (got 'sometimes')"],
    [{ engine, relay: 'yes' }, "relay must be true, false or options (got 'yes')"],
    [{ engine, relay: { batchSize: 0 } }, 'relay.batchSize must be a whole number of 1 or more (got 0)'],
    [{ engine, createIndices: 1 }, 'createIndices must be true or false (got 1)'],
    [{ engine, whenModelChanges: 'x' }, "whenModelChanges must be 'refuse' or 'migrate' (got 'x')"],
    [{ engine, whenEngineIsDown: 'x' }, "whenEngineIsDown must be 'start' or 'refuse' (got 'x')"],
    [{ engine, shutdownTimeoutMs: -1 }, 'shutdownTimeoutMs must be a whole number of milliseconds, 0 or more (got -1)'],
    [{ engine, slowQueryMs: NaN }, 'slowQueryMs must be a number of milliseconds, 0 or more (got NaN)'],
    [{ engine, bulk: 5 }, 'bulk must be an object of options (got 5)'],
    [{ engine, bulk: { retryAfterMs: 5 } }, 'bulk.retryAfterMs must be a function of the attempt (got 5)'],
    [{ engine, typeInference: {} }, 'typeInference must have a method infer(facts)'],
    [{ engine, clock: 5 }, 'clock must have a method next()'],
    [{ engine, onEvent: 'log' }, "onEvent must be a function of the event (got 'log')"],
  ])('are refused by name: %#', (options, message) => expect(refusalOf(options as never)).toContain(message));

  it('are refused all in one error', () => {
    expect(refusalOf({ synk: 1, prefix: 5, bulk: { attempts: 0 }, relay: { maxAttempts: 'x' } }).split('\n')).toEqual([
      '5 search options are wrong:',
      '  - synk is not an option; did you mean sync? (got 1)',
      '  - prefix must be a string (got 5)',
      '  - engine must be an engine such as openSearch({ node }) (got undefined)',
      "  - relay.maxAttempts must be a whole number of 1 or more (got 'x')",
      '  - bulk.attempts must be a whole number of 1 or more (got 0)',
    ]);
  });
});
