/** The pure folders under mutation test, with the share of mutants, in percent, that their tests must kill. */
export const FOLDERS = {
  'limiter/algorithm': 90,
  'herd/router': 85,
  'herd/codec': 85,
  'search/mapping': 85,
  'search/query': 85,
};
