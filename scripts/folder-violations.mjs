/**
 * One deliberate violation for each sentence of ARCHITECTURE.md that begins with "Never" or "Only".
 * `rule` is the rule of `.dependency-cruiser.cjs` or ESLint that must catch the text in that file.
 */
import { createRequire } from 'node:module';

const { LIBRARIES, orderOf } = createRequire(import.meta.url)('./folder-order.cjs');

const importing = (path) => `import { target } from '${path}';\nexport const used = target;\n`;
const importingType = (path) => `import type { Target } from '${path}';\nexport type Used = Target;\n`;

/** Each folder of each library imports a type of the next one. */
const againstTheOrder = Object.keys(LIBRARIES).flatMap((library) => {
  const order = orderOf(library);
  return order.slice(0, -1).map((folder, index) => ({
    sentence: 'Only folders before it are imported by a folder',
    file: `libs/${library}/src/${folder}/looks-ahead.ts`,
    text: importingType(`../${order[index + 1]}/target.js`),
    what: `a type of ${order[index + 1]}/`,
    rule: `${library}-${folder}-imports-only-folders-before-it`,
  }));
});

const impure = {
  fetch: [`export const used = (): Promise<Response> => fetch('http://127.0.0.1');`, 'no-restricted-globals'],
  setTimeout: ['export const used = (): unknown => setTimeout(() => {}, 1);', 'no-restricted-globals'],
  'Date.now': ['export const used = (): number => Date.now();', 'no-restricted-properties'],
  'new Date()': ['export const used = (): Date => new Date();', 'no-restricted-syntax'],
  'Math.random': ['export const used = (): number => Math.random();', 'no-restricted-properties'],
  process: ['export const used = (): string[] => process.argv;', 'no-restricted-globals'],
  'globalThis.fetch': [`export const used = (): unknown => globalThis.fetch('a:');`, 'no-restricted-properties'],
};

const inPureFolders = Object.entries(LIBRARIES).flatMap(([library, { pure }]) =>
  pure.flatMap((folder) =>
    Object.entries(impure).map(([what, [text, rule]], index) => ({
      sentence: 'Never does a pure folder do I/O',
      file: `libs/${library}/src/${folder}/impure-${index}.ts`,
      text: `${text}\n`,
      what,
      rule,
    })),
  ),
);

const single = [
  {
    sentence: 'Only folders before it are imported by a folder',
    file: 'libs/search/src/repository/looks-at-sync.ts',
    text: importingType('../sync/target.js'),
    what: 'a type of sync/',
    rule: 'search-repository-imports-only-folders-before-it',
  },
  {
    sentence: 'Only folders of this list exist',
    file: 'libs/search/src/utils/anything.ts',
    text: importing('../support/target.js'),
    what: 'a folder without a place',
    rule: 'every-folder-is-in-the-order',
  },
  {
    sentence: 'Only types and constants stand in `contracts/`',
    file: 'libs/herd/src/contracts/runs.ts',
    text: 'export function runs(): void {}\n',
    what: 'a function',
    rule: 'no-restricted-syntax',
  },
  {
    sentence: 'Only types and constants stand in `contracts/`',
    file: 'libs/limiter/src/contracts/has-class.ts',
    text: 'export class HasClass {}\n',
    what: 'a class',
    rule: 'no-restricted-syntax',
  },
  {
    sentence: 'Never does a pure folder do I/O',
    file: 'libs/herd/src/router/connects.ts',
    text: `import { connect } from 'node:net';\nexport const used = connect;\n`,
    what: 'node:net',
    rule: 'herd-pure-folders-do-no-io',
  },
  {
    sentence: 'Only `nest/` imports `@nestjs/*`',
    file: 'libs/herd/src/cluster/nests.ts',
    text: `import { Injectable } from '@nestjs/common';\nexport const used = Injectable;\n`,
    what: '@nestjs/common',
    rule: 'only-nest-imports-nest',
  },
  {
    sentence: 'Never does an adapter import another',
    file: 'libs/herd/src/adapters/redis/borrows.ts',
    text: importing('../dns/target.js'),
    what: 'adapters/dns',
    rule: 'herd-adapters-import-contracts-and-pure',
  },
  {
    sentence: 'Never does an adapter import another',
    file: 'libs/search/src/adapters/opensearch/reaches-in.ts',
    text: importing('../../indexing/target.js'),
    what: 'indexing/',
    rule: 'search-adapters-import-contracts-and-pure',
  },
  {
    sentence: 'Never does `nest/` or an `index.ts` import an adapter',
    file: 'libs/limiter/src/nest/chooses.ts',
    text: importing('../adapters/redis/target.js'),
    what: 'adapters/redis from nest/',
    rule: 'limiter-nest-imports-no-adapter',
  },
  ...Object.keys(LIBRARIES).map((library) => ({
    sentence: 'Never does `nest/` or an `index.ts` import an adapter',
    file: `libs/${library}/src/index.ts`,
    text: importing('./adapters/redis/target.js'),
    what: 'adapters/redis from index.ts',
    rule: `${library}-index-imports-no-adapter`,
  })),
  {
    sentence: 'Never does one library import another',
    file: 'libs/limiter/src/service/borrows.ts',
    text: importing('../../../herd/src/pool/target.js'),
    what: 'herd from limiter',
    rule: 'libraries-never-import-each-other',
  },
  {
    sentence: 'Never does production code import a spec or `testing/`',
    file: 'libs/herd/src/pool/tests-itself.ts',
    text: importing('../testing/target.js'),
    what: 'testing/ from pool/',
    rule: 'specs-and-testing-stay-out-of-production-code',
  },
  {
    sentence: 'Never does production code import a spec or `testing/`',
    file: 'libs/herd/src/testing/reaches-out.ts',
    text: importing('../cluster/target.js'),
    what: 'cluster/ from testing/',
    rule: 'herd-testing-imports-contracts-and-pure',
  },
  {
    sentence: 'Never do files import each other in a circle',
    file: 'libs/herd/src/pool/one.ts',
    text: importing('./other.js'),
    what: 'one -> other -> one',
    rule: 'no-circular',
  },
];

export const VIOLATIONS = [...againstTheOrder, ...single, ...inPureFolders];

/** What the violations import, where nothing is wrong. */
export const TARGETS = {
  ...Object.fromEntries(
    Object.keys(LIBRARIES).flatMap((library) =>
      [...orderOf(library), 'adapters/dns', 'adapters/redis', 'testing'].map((folder) => [
        `libs/${library}/src/${folder}/target.ts`,
        'export const target = 1;\nexport type Target = number;\n',
      ]),
    ),
  ),
  'libs/herd/src/pool/other.ts': `import { used } from './one.js';\nexport const target: number = used;\n`,
};
