import { includeTree } from './include-tree.js';

describe('include paths', () => {
  it('share their beginnings', () => {
    const tree = includeTree(['year', 'president.name', 'president.party']);
    expect([...tree.keys()]).toEqual(['year', 'president']);
    expect([...tree.get('president')!.keys()]).toEqual(['name', 'party']);
    expect(tree.get('year')!.size).toBe(0);
  });
});
