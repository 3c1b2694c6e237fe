import type { Driver } from '../contracts/driver.js';
import { staticNodes } from '../discovery/static-nodes.js';
import { HerdOptionError } from '../errors/option-error.js';
import { resolveHerdOptions } from './herd-options.js';

const driver = { name: 'none', open: () => ({}) } as unknown as Driver<object, object>;
const least = { discovery: staticNodes(['a:1']), driver };

describe('the options of a herd', () => {
  it('have defaults, also for what is given as undefined', () => {
    expect(resolveHerdOptions({ ...least, timeoutMs: undefined })).toMatchObject({
      name: 'default',
      timeoutMs: 250,
      refreshMs: 30_000,
      onNodeDown: 'miss',
    });
  });

  it.each([
    ['discovery', undefined, 'pass staticNodes'],
    ['driver', {}, 'pass memcached()'],
    ['router', { build: 1 }, 'pass rendezvous()'],
    ['name', '', 'leave it out'],
    ['refresh', '30', `a text such as '30s'`],
    ['refresh', 0, 'above 0'],
    ['refresh', '40d', 'from 1 to 2147483647'],
    ['timeoutMs', -1, 'must be milliseconds'],
    ['timeoutMs', '250', 'must be milliseconds'],
    ['timeoutMs', Infinity, 'must be milliseconds'],
    ['onNodeDown', 'other', `use 'miss', 'error' or 'next'`],
    ['maxEjectedFraction', 1.5, 'leave it out for 1'],
    ['failoverTtl', 'soon', 'use milliseconds'],
    ['ejectAfter', 0, 'a whole number of 1 or more'],
    ['maxInFlight', 1.5, 'a whole number of 1 or more'],
    ['maxQueue', NaN, 'a whole number of 1 or more'],
    ['drainTimeoutMs', 0, 'must be milliseconds'],
    ['minFraction', 2, 'from 0 to 1'],
    ['now', 5, 'must be a function'],
    ['random', 0.5, 'must be a function'],
    ['perNode', {}, 'must be a function'],
    ['refreshJitter', 1.5, 'from 0 to 1'],
    ['refrsh', '30s', 'is unknown'],
  ])('refuse %s: %p by name, with the remedy', (name, value, message) => {
    const resolve = () => resolveHerdOptions({ ...least, [name]: value });
    expect(resolve).toThrow(HerdOptionError);
    expect(resolve).toThrow(`Herd option "${name}" `);
    expect(resolve).toThrow(message);
  });
});
