/**
 * The applications that the packages are proved in. `installs` are made once each; their `runs` build, test and start them.
 *
 * `modules`: that of the application. `vmModules` and `untested` are why its test command is not the one that `nest new`
 * writes. `inDetail`: the first page of each library is followed in it too, as it stands, and a program is
 * compiled under the settings of TypeScript that matter to declarations.
 */
const jestOfEsModules =
  'Jest loads packages that are ES modules alone with --experimental-vm-modules, on Node 24.9 or later; the template of Nest 12 sets it';
const noJestBelow24 = 'Jest loads packages that are ES modules alone, as those of Nest 12 are, on Node 24.9 or later';

export const installs = [
  {
    name: 'nest11-cjs-orm6',
    nest: 11,
    modules: 'cjs',
    orm: '6.6',
    typescript: '5.9',
    runs: [
      { node: 20, builder: 'tsc', runner: 'jest', short: true },
      { node: 22, builder: 'swc', runner: 'jest' },
      { node: 24, builder: 'webpack', runner: 'jest' },
    ],
    node10: true,
    inDetail: true,
  },
  {
    name: 'nest11-cjs-orm7',
    nest: 11,
    modules: 'cjs',
    orm: '7',
    typescript: '5.9',
    runs: [
      { node: 22, builder: 'tsc', untested: noJestBelow24 },
      { node: 24, builder: 'tsc', runner: 'jest', vmModules: jestOfEsModules },
      { node: 24, builder: 'swc', runner: 'jest', vmModules: jestOfEsModules },
    ],
  },
  {
    name: 'nest11-esm-orm7',
    nest: 11,
    modules: 'esm',
    orm: '7',
    typescript: '5.9',
    runs: [
      { node: 22, builder: 'tsc', runner: 'vitest' },
      { node: 24, builder: 'swc', runner: 'vitest' },
    ],
  },
  {
    name: 'nest12-cjs-orm7',
    nest: 12,
    modules: 'cjs',
    orm: '7',
    typescript: '6',
    runs: [
      { node: 22, builder: 'tsc', untested: noJestBelow24 },
      { node: 24, builder: 'tsc', runner: 'jest' },
      { node: 24, builder: 'swc', runner: 'jest' },
      { node: 24, builder: 'webpack', runner: 'jest' },
    ],
  },
  {
    name: 'nest12-esm-orm7',
    nest: 12,
    modules: 'esm',
    orm: '7',
    typescript: '6',
    runs: [
      { node: 24, builder: 'tsc', runner: 'vitest', short: true },
      { node: 22, builder: 'tsc', runner: 'vitest' },
      { node: 22, builder: 'swc', runner: 'vitest' },
    ],
    inDetail: true,
  },
  {
    name: 'nest12-esm-ts7',
    nest: 12,
    modules: 'esm',
    orm: '7',
    typescript: '7',
    runs: [{ node: 24, builder: 'tsc alone', runner: 'vitest' }],
  },
];

/** Exactly: the packages of MikroORM must be of one release, and some releases lack a package. */
export const ormVersions = { 6.6: '6.6.16', 7: '7.2.1' };

export const nodes = { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0' };
