/**
 * The pure folders under mutation test: the share of mutants, in percent, that their specs must kill; specs that do not stand
 * beside the source; and the variable of the server that these need.
 */
export const FOLDERS = {
  'limiter/algorithm': { atLeast: 90 },
  'herd/router': { atLeast: 85 },
  'herd/codec': { atLeast: 85 },
  'search/mapping': { atLeast: 85 },
  'search/query': { atLeast: 85, specs: 'libs/search/test/query-*.spec.ts', server: 'OPENSEARCH_URL' },
};

/** @returns the folder's path from the root of the repository. */
export function pathOf(name) {
  const [library, folder] = name.split('/');
  return `libs/${library}/src/${folder}`;
}
