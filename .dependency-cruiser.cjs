/**
 * The folder rule of ARCHITECTURE.md: each folder imports only folders before it.
 * Run by `npm run check:folders`; `scripts/prove-folder-rule.mjs` proves that each violation is caught.
 */
const { FIRST, LIBRARIES, orderOf } = require('./scripts/folder-order.cjs');

const names = Object.keys(LIBRARIES);
const folder = (library, ...folders) => `^libs/${library}/src/(?:${folders.join('|')})/`;
const file = { ofSpecs: '\\.spec\\.ts$' };
const ofPackages = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown'];
const ofNest = 'node_modules/(@nestjs/|reflect-metadata/)';
const ofApplications = 'node_modules/(rxjs|@mikro-orm/core)/';

/** Files of `folders` import, inside their library, only `allowed`. */
const onlyFrom = (name, library, folders, allowed, more = {}) => ({
  name,
  severity: 'error',
  from: { path: folder(library, ...folders), pathNot: file.ofSpecs },
  to: { path: `^libs/${library}/src/`, pathNot: folder(library, ...allowed), ...more },
});

const inOrder = (library) =>
  orderOf(library).map((name, index, order) =>
    onlyFrom(`${library}-${name}-imports-only-folders-before-it`, library, [name], order.slice(0, index + 1)),
  );

const outerFolders = (library) => {
  const { pure } = LIBRARIES[library];
  const base = [...FIRST, ...pure];
  return [
    onlyFrom(`${library}-testing-imports-contracts-and-pure`, library, ['testing'], [...base, 'testing']),
    onlyFrom(`${library}-nest-imports-no-adapter`, library, ['nest'], [...orderOf(library), 'nest']),
    {
      name: `${library}-adapters-import-contracts-and-pure`,
      severity: 'error',
      from: { path: `^libs/${library}/src/adapters/([^/]+)/`, pathNot: file.ofSpecs },
      to: { path: `^libs/${library}/src/`, pathNot: `${folder(library, ...base)}|^libs/${library}/src/adapters/$1/` },
    },
    {
      name: `${library}-pure-folders-do-no-io`,
      severity: 'error',
      from: { path: folder(library, 'contracts', 'errors', ...pure), pathNot: file.ofSpecs },
      to: { dependencyTypes: ['core'], pathNot: '^(crypto|util|util/types|zlib)$' },
    },
    {
      name: `${library}-pure-folders-import-packages-for-types-alone`,
      severity: 'error',
      from: { path: folder(library, ...base), pathNot: file.ofSpecs },
      to: { dependencyTypes: ofPackages, dependencyTypesNot: ['type-only'] },
    },
    {
      name: `${library}-index-imports-no-adapter`,
      severity: 'error',
      from: { path: `^libs/${library}/src/index\\.ts$` },
      to: { path: folder(library, 'adapters', 'testing') },
    },
  ];
};

module.exports = {
  forbidden: [
    ...names.flatMap(inOrder),
    ...names.flatMap(outerFolders),
    {
      name: 'only-adapters-import-client-packages',
      severity: 'error',
      from: { path: '^libs/[^/]+/src/', pathNot: ['/src/adapters/[^/]+/', file.ofSpecs] },
      to: { dependencyTypes: ofPackages, pathNot: [ofApplications, ofNest, '^libs/'] },
    },
    {
      name: 'only-nest-imports-nest',
      severity: 'error',
      from: { path: '^libs/([^/]+)/src/', pathNot: ['/src/nest/', file.ofSpecs] },
      to: { path: '(^|/)@nestjs/' },
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
      to: { path: '\\.spec\\.ts$|^libs/[^/]+/(src/testing|test|typetests)/' },
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
    exclude: { path: '^(libs|apps|tools|benches)/.*dist/|/node_modules/.cache/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@rookery/source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.json'],
    },
  },
};
