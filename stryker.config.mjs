// One folder at a time, named by scripts/test-mutation.mjs.
import { fileURLToPath } from 'node:url';
import { FOLDERS } from './scripts/mutation-folders.mjs';

const name = process.env.ROOKERY_MUTATE ?? 'limiter/algorithm';
const { atLeast, tests } = FOLDERS[name];
const [library, folder] = name.split('/');
const path = `libs/${library}/src/${folder}`;

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  jest: {
    configFile: 'jest.config.ts',
    enableFindRelatedTests: true,
    config: {
      roots: [path, ...(tests ? [tests.folder] : [])].map((root) => `<rootDir>/${root}`),
      testMatch: [`**/${path}/**/*.spec.ts`, ...(tests ? [`**/${tests.folder}/${tests.names}`] : [])],
      maxWorkers: 1,
      // Stryker looks for it where it stands, without knowing <rootDir>.
      testEnvironment: fileURLToPath(new URL('scripts/test-environment.cjs', import.meta.url)),
    },
  },
  mutate: [`${path}/**/*.ts`, `!${path}/**/*.spec.ts`],
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutMS: 10_000,
  thresholds: { high: 100, low: atLeast, break: atLeast },
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { allowColor: false, reportTests: false },
  tempDirName: '.stryker',
  ignorePatterns: [
    'dist',
    '.rookery',
    'etc',
    'apps',
    'benches',
    'libs/*/dist',
    ...(tests ? [] : ['libs/*/test', 'tools']),
  ],
  disableTypeChecks: false,
};
