import { exportCost } from './years.js';

describe('exportCost', () => {
  it.each([
    [{}, 232],
    [{ from: '1861', to: '1865' }, 5],
    [{ from: '1861' }, 161],
    [{ to: '1790' }, 1],
    [{ from: '1900', to: '1800' }, 1],
    [{ from: 'x' }, 1],
    [{ from: ['1790', '1791'] }, 1],
    [{ from: '-99999999', to: '2021' }, 1],
  ])('of %j is %i', (query, cost) => expect(exportCost(query)).toBe(cost));
});
