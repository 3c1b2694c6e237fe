import type { Driver } from '../contracts/driver.js';
import { staticNodes } from '../discovery/static-nodes.js';
import { HerdOptionError } from '../errors/option-error.js';
import { resolveHerdOptions } from './herd-options.js';
import { limitsOf } from './node-limits.js';

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
    ['refresh', '40d', 'up to 2147483647 ms'],
    ['timeoutMs', -1, 'must be milliseconds'],
    ['timeoutMs', '250', 'must be milliseconds'],
    ['timeoutMs', Infinity, 'must be milliseconds'],
    ['onNodeDown', 'other', `must be 'miss', 'error' or 'next'`],
    ['maxEjectedFraction', 1.5, 'leave it out for 1'],
    ['failoverTtl', 'soon', 'milliseconds, or a text'],
    ['ejectAfter', 0, 'a whole number of 1 or more'],
    ['maxInFlight', 1.5, 'a whole number of 1 or more'],
    ['maxQueue', NaN, 'a whole number of 1 or more'],
    ['drainTimeoutMs', 0, 'must be milliseconds'],
    ['minFraction', 2, 'from 0 to 1'],
    ['now', 5, 'must be a function'],
    ['random', 0.5, 'must be a function'],
    ['perNode', {}, 'must be a function'],
    ['refreshJitter', 1.5, 'from 0 to 1'],
    ['refrsh', '30s', 'is not an option; did you mean refresh?'],
  ])('refuse %s: %p by name, with the remedy', (name, value, message) => {
    const resolve = () => resolveHerdOptions({ ...least, [name]: value });
    expect(resolve).toThrow(HerdOptionError);
    expect(resolve).toThrow(`${name} `);
    expect(resolve).toThrow(message);
  });

  it('report all that is wrong in one error', () => {
    expect(() => resolveHerdOptions({ ...least, timeoutMs: 0, ejectAfter: 0, timeout: 5 } as never)).toThrow(
      [
        '3 herd options are wrong:',
        '  - timeout is not an option; did you mean timeoutMs? (got 5)',
        '  - ejectAfter must be a whole number of 1 or more; leave it out for 3 (got 0)',
        '  - timeoutMs must be milliseconds above 0, up to 2147483647; leave it out for 250 (got 0)',
      ].join('\n'),
    );
    expect(() => resolveHerdOptions(undefined as never)).toThrow('options must be an object with any of name, ');
  });

  it('keep a wait between probes that is given alone, and refuse one that cannot be kept', () => {
    const probes = (given: object) => {
      const { probeMs, maxProbeMs } = resolveHerdOptions({ ...least, ...given });
      return [probeMs, maxProbeMs];
    };
    expect(probes({})).toEqual([100, 1000]);
    expect(probes({ probeMs: 5000 })).toEqual([5000, 5000]);
    expect(probes({ maxProbeMs: 10 })).toEqual([10, 10]);
    expect(probes({ probeMs: 20, maxProbeMs: 50 })).toEqual([20, 50]);
    expect(() => probes({ probeMs: 5000, maxProbeMs: 1000 })).toThrow(
      'maxProbeMs must be probeMs, 5000, or more (got 1000)',
    );
    for (const bad of ['x', NaN, 0, null])
      expect(() => probes({ maxProbeMs: bad })).toThrow(/^maxProbeMs must be milliseconds above 0/);
    for (const name of ['refreshJitter', 'minFraction', 'maxEjectedFraction'])
      expect(() => probes({ [name]: '0.5' })).toThrow(`${name} must be a number from 0 to 1`);
  });

  it('may differ per node, where perNode gives what is right', () => {
    const node = { id: 'a', host: 'a', port: 1 };
    const options = resolveHerdOptions({ ...least, perNode: ({ id }) => ({ maxInFlight: id === 'a' ? 9 : 0 }) });
    const limits = limitsOf(options, node);
    expect([limits.maxInFlight, limits.maxQueue]).toEqual([9, 4096]);
    expect(() => limitsOf(options, { ...node, id: 'b' })).toThrow('perNode.maxInFlight must be a whole number');
    const misspelt = { ...options, perNode: () => ({ maxInflight: 1, queue: 2 }) as never };
    expect(() => limitsOf(misspelt, node)).toThrow(/^2 herd options.*\n.*did you mean perNode.maxInFlight\?/);
    expect(() => limitsOf({ ...options, perNode: () => 5 as never }, node)).toThrow('perNode must be an object');
  });
});
