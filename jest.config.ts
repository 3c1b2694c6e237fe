import type { Config } from 'jest';

const config: Config = {
  testEnvironment: '<rootDir>/scripts/test-environment.cjs',
  runtime: '<rootDir>/scripts/test-runtime.cjs',
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  // Most tests wait for servers, so two cores serve more workers than two.
  maxWorkers: 4,
  testSequencer: '<rootDir>/scripts/slowest-first.cjs',
  // Tests on real servers poll with deadlines of their own; this only ends what hangs.
  testTimeout: 30_000,
  workerIdleMemoryLimit: '1GB',
  testEnvironmentOptions: { customExportConditions: ['@rookery/source', 'node', 'node-addons'] },
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/tools'],
  testMatch: ['**/*.spec.ts', '**/*.e2e-spec.ts'],
  modulePathIgnorePatterns: ['<rootDir>/(apps|libs|tools)/[^/]+/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    // Entities with the decorators of the language itself.
    '/test/stage3/.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { decoratorVersion: '2023-11', useDefineForClassFields: true },
          target: 'es2022',
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
    '^.+\\.ts$': ['@swc/jest', {}],
  },
  resolver: '<rootDir>/scripts/resolve-sources.cjs',
  coverageProvider: 'v8',
  collectCoverageFrom: ['libs/*/src/**/*.ts'],
};

export default config;
