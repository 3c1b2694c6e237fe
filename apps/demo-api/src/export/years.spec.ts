import { exportCost } from './years.js';

describe('exportCost', () => {
  it.each([
    [{}, 232],
    [{ from: '1861', to: '1865' }, 5],
    [{ from: '1861' }, 161],
    [{ to: '1790' }, 1],
    [{ to: '2022' }, 232],
    [{ from: '1790', to: '2100' }, 232],
    [{ from: '2000', to: '2100' }, 22],
    [{ from: '2050', to: '2100' }, 1],
    [{ from: '1900', to: '1800' }, 1],
    [{ from: 'x' }, 1],
    [{ from: ['1790', '1791'] }, 1],
    [{ from: '-99999999', to: '2021' }, 1],
  ])('of %j is %i', (query, cost) => expect(exportCost(query)).toBe(cost));
});
