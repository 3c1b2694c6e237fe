/**
 * The folder rule of ARCHITECTURE.md: each folder imports only what stands above it.
 * Run by `npm run check:folders`; `scripts/prove-folder-rule.mjs` proves that a violation is caught.
 */
const lib = '^libs/([^/]+)/src/';
const PURE = 'metadata|mapping|document|query|router|discovery|algorithm|headers|codec';
const SERVICE = 'repository|sync|migration|pool|cluster|cache|service';

/** Files of `folders` may import, inside their own library, only `allowed`. */
const layer = (name, folders, allowed) => ({
  name,
  severity: 'error',
  from: { path: `${lib}(?:${folders})/`, pathNot: '\\.spec\\.ts$' },
  to: { path: '^libs/$1/src/', pathNot: `^libs/$1/src/(?:${folders}|${allowed})/` },
});

module.exports = {
  forbidden: [
    layer('contracts-import-nothing-below', 'contracts|errors', 'contracts|errors'),
    layer('pure-folders-import-contracts-only', PURE, 'contracts|errors'),
    layer('services-import-pure-and-contracts', SERVICE, `contracts|errors|${PURE}`),
    layer('adapters-import-contracts-and-pure', 'adapters', `contracts|errors|${PURE}`),
    layer('nest-never-imports-adapters-or-testing', 'nest', `contracts|errors|${PURE}|${SERVICE}`),
    {
      name: 'modules-never-import-adapters-or-testing',
      severity: 'error',
      from: { path: '^libs/([^/]+)/src/[^/]+\\.module\\.ts$' },
      to: { path: '^libs/$1/src/(?:adapters|testing)/' },
    },
    layer('testing-imports-contracts-only', 'testing', 'contracts|errors'),
    {
      name: 'adapters-never-import-each-other',
      severity: 'error',
      from: { path: `${lib}adapters/([^/]+)/`, pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/$1/src/adapters/', pathNot: '^libs/$1/src/adapters/$2/' },
    },
    {
      name: 'only-nest-imports-nest',
      comment: '@nestjs/* is imported under nest/ and in *.module.ts alone',
      severity: 'error',
      from: { path: `${lib}`, pathNot: '/src/nest/|\\.module\\.ts$|\\.spec\\.ts$' },
      to: { path: '(^|/)@nestjs/' },
    },
    {
      name: 'pure-folders-do-no-io',
      severity: 'error',
      from: { path: `${lib}(?:${PURE}|contracts|errors)/`, pathNot: '\\.spec\\.ts$' },
      to: {
        path: '^(node:)?(fs|net|tls|dns|http|https|http2|dgram|child_process|cluster|worker_threads|timers)(/|$)',
        dependencyTypes: ['core'],
      },
    },
    {
      name: 'libraries-never-import-each-other',
      severity: 'error',
      from: { path: '^libs/([^/]+)/src/' },
      to: { path: '^(libs|apps|tools|benches)/', pathNot: '^libs/$1/' },
    },
    {
      name: 'specs-and-testing-stay-out-of-production-code',
      severity: 'error',
      from: { path: '^(libs|apps)/[^/]+/src/', pathNot: '\\.spec\\.ts$|/testing/' },
      to: { path: '\\.spec\\.ts$|^libs/[^/]+/src/testing/' },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: { path: '^(libs|tools)/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules|/dist/' },
    exclude: { path: '/dist/|/node_modules/.cache/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@rookery/source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
