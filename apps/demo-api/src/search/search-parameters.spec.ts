import { InvalidRequestException } from '../problem/invalid-request.exception.js';
import type { ParameterComplaint } from '../problem/problem.js';
import { validationPipe } from '../problem/validation.pipe.js';
import { SearchParameters } from './search-parameters.js';

function read(query: Record<string, unknown>): Promise<SearchParameters> {
  return validationPipe().transform(query, { type: 'query', metatype: SearchParameters }) as Promise<SearchParameters>;
}

async function complaints(query: Record<string, unknown>): Promise<readonly ParameterComplaint[]> {
  try {
    await read(query);
  } catch (error) {
    if (error instanceof InvalidRequestException) return error.complaints;
    throw error;
  }
  return [];
}

describe('SearchParameters', () => {
  it('reads numbers and fills in what is left out', async () => {
    expect(await read({ q: 'union', from: '1861', to: '1865' })).toMatchObject({
      q: 'union',
      mode: 'words',
      from: 1861,
      to: 1865,
      size: 10,
    });
    expect(await read({ page: '2', mode: 'near', distance: '3' })).toMatchObject({
      page: 2,
      mode: 'near',
      distance: 3,
    });
  });

  it('accepts a party and a president, or several', async () => {
    expect(await read({ party: 'Whig', presidentId: '7' })).toMatchObject({ party: 'Whig', presidentId: 7 });
    expect(await read({ party: ['Whig', 'none'], presidentId: ['7', '8'] })).toMatchObject({
      party: ['Whig', 'none'],
      presidentId: [7, 8],
    });
  });

  it('lists the parameters that there are when it gets an unknown one', async () => {
    expect(await complaints({ query: 'union' })).toEqual([
      {
        parameter: 'query',
        message:
          'query is not a parameter of this route; it accepts cursor, distance, facets, from, mode, page, party, president, presidentId, q, size, to, words',
      },
    ]);
  });

  it.each<[string, unknown, string]>([
    ['q', '', 'text of 1 to 200 characters'],
    ['q', '   ', 'not blank'],
    ['q', 'a\0b', 'text of 1 to 200 characters'],
    ['q', 'x'.repeat(201), 'text of 1 to 200 characters'],
    ['q', ['a', 'b'], 'given once'],
    ['q', { a: 'b' }, 'given once'],
    ['president', '', 'text of 1 to 100 characters'],
    [
      'party',
      'Green',
      'one of Democratic, Democratic-Republican, Federalist, National Union, Republican, Whig, Whig & Democratic, none',
    ],
    ['party', ['Whig', 'Green'], 'one of Democratic'],
    ['party', Array.from({ length: 9 }, () => 'Whig'), 'up to 8 of them'],
    ['party', { a: 'Whig' }, 'one of Democratic'],
    ['party', '', 'one of Democratic'],
    ['presidentId', '0', 'a whole number from 1'],
    ['presidentId', ['1', 'x'], 'a whole number from 1'],
    ['presidentId', Array.from({ length: 51 }, () => '1'), 'up to 50 of them'],
    ['facets', 'all', 'narrow or wide'],
    ['from', '1789', 'a whole number from 1790 to 2100'],
    ['from', '', 'a whole number from 1790 to 2100'],
    ['from', '18e2', 'a whole number from 1790 to 2100'],
    ['to', '2101', 'a whole number from 1790 to 2100'],
    ['page', '0', 'a whole number from 1 to 200'],
    ['page', '1.5', 'a whole number from 1 to 200'],
    ['page', '99999999999999999999', 'a whole number from 1 to 200'],
    ['mode', 'regex', 'one of words, fuzzy, phrase, near, query'],
    ['distance', '0', 'a whole number from 1 to 50'],
    ['words', 'yes', 'true or false'],
    ['cursor', 'a b', 'the nextCursor of the page before'],
    ['cursor', '', 'the nextCursor of the page before'],
    ['size', '51', 'a whole number from 1 to 50'],
    ['size', '-1', 'a whole number from 1 to 50'],
  ])('refuses %s=%j, and reports what is allowed and what it got', async (parameter, value, allowed) => {
    const [complaint, ...others] = await complaints({ [parameter]: value });
    expect(others).toEqual([]);
    expect(complaint?.parameter).toBe(parameter);
    expect(complaint?.message).toContain(allowed);
    expect(complaint?.message).toMatch(/\(got .+\)$/);
  });

  it('accepts a page or a cursor', async () => {
    expect(await complaints({ page: '1', cursor: 'abc' })).toEqual([
      { parameter: 'cursor', message: 'cursor must not be given together with page (got "abc")' },
    ]);
  });

  it('refuses years in the wrong order', async () => {
    expect(await complaints({ from: '1900', to: '1890' })).toEqual([
      { parameter: 'to', message: 'to must not be before from (got 1890)' },
    ]);
  });

  it('reports all that is wrong at once', async () => {
    expect((await complaints({ party: 'x', page: 'x', colour: 'x' })).map(({ parameter }) => parameter).sort()).toEqual(
      ['colour', 'page', 'party'],
    );
  });
});
