import { aliasName, concreteName, generationOf, indexNameProblem } from './index-name.js';

describe('index names', () => {
  it('are the prefix and the name, with generation and hash behind the alias', () => {
    expect(aliasName('dev', 'passages')).toBe('dev-passages');
    expect(aliasName(undefined, 'passages')).toBe('passages');
    expect(concreteName('dev-passages', 1, '3f2a9c01')).toBe('dev-passages-v1-3f2a9c01');
    expect(concreteName('dev-passages', 2, '3f2a9c01', 1296)).toBe('dev-passages-v2-3f2a9c01-100');
  });

  it.each([
    ['passages-v3-3f2a9c01', 3],
    ['passages-v12-3f2a9c01-h4x0zq8p2m1', 12],
    ['passages-v3-3f2a9c01-v1-3f2a9c01', undefined],
    ['passages-vector-v1-3f2a9c01', undefined],
    ['passages', undefined],
  ])('tell the generation of %p', (index, generation) => {
    expect(generationOf('passages', index)).toBe(generation);
  });

  it.each(['', '..', 'Passages', '_passages', '-a', 'a b', 'a/b', 'a*', 'a:b', 'a#b', 'a'.repeat(221)])(
    'refuse %p',
    (name) => {
      expect(indexNameProblem(name)).toEqual(expect.any(String));
    },
  );

  it.each(['passages', 'dev-passages.v2', 'ünicode'])('take %p', (name) => {
    expect(indexNameProblem(name)).toBeUndefined();
  });
});
