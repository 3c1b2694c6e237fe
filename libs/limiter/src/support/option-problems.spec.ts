import { LimiterOptionError } from '../errors/option-error.js';
import { OptionProblems } from './option-problems.js';

const thrownBy = (fill: (problems: OptionProblems) => void): string => {
  const problems = new OptionProblems();
  fill(problems);
  try {
    problems.throwIfAny();
    return '';
  } catch (error) {
    expect(error).toBeInstanceOf(LimiterOptionError);
    return (error as Error).message;
  }
};

describe('option problems', () => {
  it('throws nothing where nothing is wrong', () => {
    expect(thrownBy((problems) => problems.check(true, 'burst', 1, 'must be 1 or more'))).toBe('');
    expect(thrownBy((problems) => problems.checkNames({ burst: 1 }, ['burst']))).toBe('');
  });

  it('says what one option must be, and what it is', () => {
    expect(thrownBy((problems) => problems.check(false, 'burst', 0, 'must be a whole number of 1 or more'))).toBe(
      'burst must be a whole number of 1 or more (got 0)',
    );
  });

  it('refuses an unknown name with the nearest known one, by its path', () => {
    const given = { brust: 5, limit: 1 };
    expect(thrownBy((problems) => problems.checkNames(given, ['limit', 'burst'], 'policies.api.'))).toBe(
      'policies.api.brust is not an option; did you mean policies.api.burst? (got 5)',
    );
  });

  it('lists the options where none is near', () => {
    expect(thrownBy((problems) => problems.checkNames({ colour: 'red' }, ['limit', 'burst']))).toBe(
      "colour is not an option; the options are limit, burst (got 'red')",
    );
  });

  it('reports all at once, also those of a part', () => {
    const message = thrownBy((problems) => {
      problems.check(false, 'limit', 0, 'must be 1 or more');
      expect(
        problems.attempt(() => {
          throw new LimiterOptionError([{ option: 'per', received: 'x', requirement: 'must be a duration' }]);
        }),
      ).toBeUndefined();
    });
    expect(message).toBe(
      "2 limiter options are wrong:\n  - limit must be 1 or more (got 0)\n  - per must be a duration (got 'x')",
    );
  });

  it('passes on what is no option problem', () => {
    const other = new TypeError('other');
    const attempt = () =>
      new OptionProblems().attempt(() => {
        throw other;
      });
    expect(attempt).toThrow(other);
  });
});
