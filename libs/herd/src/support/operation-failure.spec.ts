import { HerdClosedError, HerdNoNodesError, HerdOverloadError, HerdRequestError } from '../errors/operation-errors.js';
import { codeOf, isOperationError } from './operation-failure.js';

const problem = { what: 'It failed', remedy: 'try again' };

describe('an error of an operation', () => {
  it.each([new HerdRequestError(problem), new HerdOverloadError(problem), new HerdNoNodesError(problem)])(
    'is %p',
    (error) => {
      expect(isOperationError(error)).toBe(true);
      expect(codeOf(error)).toBe(error.code);
    },
  );

  it('is one of another build of the package, whose classes are others', () => {
    const foreign = Object.assign(new Error('Node a is down'), { code: 'HERD_NODE_DOWN', failure: 'node' });
    expect(isOperationError(foreign)).toBe(true);
  });

  it.each([
    new HerdClosedError(problem),
    new Error('plain'),
    Object.assign(new Error('refused'), { code: 'ECONNREFUSED', failure: 'node' }),
    Object.assign(new Error('odd'), { code: 'HERD_NODE', failure: 'odd' }),
    { code: 'HERD_NODE', failure: 'node' },
    undefined,
  ])('is not %p', (error) => expect(isOperationError(error)).toBe(false));
});
