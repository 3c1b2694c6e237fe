import { SearchEngineError, SearchEngineUnavailableError, SearchNotFoundError } from '../errors/engine.errors.js';
import { isRefused, isUnavailable } from './engine-failure.js';

const unavailable = new SearchEngineUnavailableError('main', 'timeout', 'no answer within 5 s');
const refused = new SearchEngineError('main', 400, 'mapper_parsing_exception', 'no such field');

describe('an error of an engine', () => {
  it('is known by its code, whichever build of the package made it', () => {
    const foreign = Object.assign(new Error('main: no answer'), { code: 'SEARCH_ENGINE_UNAVAILABLE' });
    expect([unavailable, foreign, refused].map(isUnavailable)).toEqual([true, true, false]);
    expect([refused, unavailable].map(isRefused)).toEqual([true, false]);
  });

  it.each([
    new SearchNotFoundError('index', 'books', 'create it'),
    { code: 'SEARCH_ENGINE_REFUSED' },
    'text',
    undefined,
  ])('is not %p', (other) => expect([isUnavailable(other), isRefused(other)]).toEqual([false, false]));
});
