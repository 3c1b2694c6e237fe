import { HerdOptionError } from '../errors/option-error.js';
import { OptionProblems } from './option-problems.js';

describe('OptionProblems', () => {
  it('throws nothing where nothing is wrong', () => {
    const problems = new OptionProblems();
    expect(problems.check(true, 'a', 1, 'must be 1')).toBe(true);
    problems.checkNames({ a: 1 }, ['a', 'b']);
    expect(problems.attempt(() => 'made')).toBe('made');
    expect(() => problems.throwIfAny()).not.toThrow();
  });

  it('reports one problem on one line', () => {
    const problems = new OptionProblems();
    expect(problems.check(false, 'a', 0, 'must be 1')).toBe(false);
    expect(() => problems.throwIfAny()).toThrow(
      new HerdOptionError([{ option: 'a', received: 0, requirement: 'must be 1' }]),
    );
    expect(() => problems.throwIfAny()).toThrow(/^a must be 1 \(got 0\)$/);
  });

  it('reports all problems in one error, those of others and unknown names included', () => {
    const problems = new OptionProblems();
    problems.check(false, 'a', 0, 'must be 1');
    problems.checkNames({ timoutMs: 5, zzz: 6 }, ['timeoutMs', 'ttl'], 'connection.');
    problems.attempt(() => {
      throw new HerdOptionError([{ option: 'b', received: 'x', requirement: 'must be y' }]);
    });
    expect(() => problems.throwIfAny()).toThrow(
      [
        '4 herd options are wrong:',
        '  - a must be 1 (got 0)',
        '  - connection.timoutMs is not an option; did you mean connection.timeoutMs? (got 5)',
        '  - connection.zzz is not an option; the options are timeoutMs, ttl (got 6)',
        "  - b must be y (got 'x')",
      ].join('\n'),
    );
  });

  it('lets other errors through', () => {
    const problems = new OptionProblems();
    const work = (): never => {
      throw new RangeError('another');
    };
    expect(() => problems.attempt(work)).toThrow(RangeError);
  });
});
