// Mutation tests of the pure folders: npm run test:mutation -- limiter/algorithm herd/router …; all of them when none is named.
const folders = {
  'limiter/algorithm': 90,
  'limiter/headers': 85,
  'herd/router': 85,
  'herd/codec': 85,
  'search/mapping': 85,
  'search/query': 85,
};
const chosen = process.env.ROOKERY_MUTATE?.split(' ').filter(Boolean) ?? Object.keys(folders);
const paths = chosen.map((name) => `libs/${name.replace('/', '/src/')}`);

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  jest: {
    configFile: 'jest.config.ts',
    enableFindRelatedTests: false,
    config: { roots: paths.map((path) => `<rootDir>/${path}`), maxWorkers: 1 },
  },
  mutate: paths.flatMap((path) => [`${path}/**/*.ts`, `!${path}/**/*.spec.ts`]),
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutMS: 10_000,
  thresholds: { high: 95, low: 85, break: Math.min(...chosen.map((name) => folders[name] ?? 85)) },
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { allowColor: false, reportTests: false, reportScoreTable: true },
  tempDirName: '.stryker',
  ignorePatterns: ['dist', '.rookery', 'etc', 'apps', 'benches', 'libs/*/dist', 'libs/*/test', 'tools'],
  disableTypeChecks: false,
};
