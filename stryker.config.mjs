// One folder at a time, named by scripts/test-mutation.mjs.
import { FOLDERS, pathOf } from './scripts/mutation/folders.mjs';

const name = process.env.ROOKERY_MUTATE ?? 'limiter/algorithm';
const { atLeast, specs } = FOLDERS[name];
const path = pathOf(name);

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  testRunner: 'specs',
  plugins: ['./scripts/mutation/spec-runner.mjs'],
  testRunnerNodeArgs: ['--require', './scripts/run-typescript.cjs', '--conditions=@rookery/source'],
  mutate: [`${path}/**/*.ts`, `!${path}/**/*.spec.ts`],
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutFactor: 3,
  timeoutMS: 5_000,
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
    'tools',
    ...(specs ? [] : ['libs/*/test']),
  ],
  disableTypeChecks: false,
};
