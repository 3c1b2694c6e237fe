/**
 * The pure folders under mutation test: the share of mutants, in percent, that their tests must kill, and tests that do not
 * stand beside the source.
 */
export const FOLDERS = {
  'limiter/algorithm': { atLeast: 90 },
  'herd/router': { atLeast: 85 },
  'herd/codec': { atLeast: 85 },
  'search/mapping': { atLeast: 85 },
  'search/query': { atLeast: 85, tests: { folder: 'libs/search/test', names: 'query-*.spec.ts' } },
};
