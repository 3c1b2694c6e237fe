/**
 * Deliberate violations of each sentence of ARCHITECTURE.md that holds "never" or "only".
 * `rule` is the rule of `.dependency-cruiser.cjs` or ESLint that must catch the text in that file.
 */
import { createRequire } from 'node:module';
import { runningContracts } from './contracts.mjs';
import { importForms } from './import-forms.mjs';
import { impureFiles } from './pure.mjs';

const { LIBRARIES, orderOf } = createRequire(import.meta.url)('../folder-order.cjs');

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

const single = [
  {
    sentence: 'Only folders of this list exist',
    file: 'libs/search/src/utils/anything.ts',
    text: importing('../support/target.js'),
    what: 'a folder without a place',
    rule: 'no-restricted-syntax',
  },
  {
    sentence: 'Only folders of this list exist',
    file: 'libs/herd/src/anything.ts',
    text: 'export const used = 1;\n',
    what: 'a file beside index.ts',
    rule: 'no-restricted-syntax',
  },
  {
    sentence: 'Only folders of this list exist',
    file: 'libs/herd/src/adapters/anything.ts',
    text: 'export const used = 1;\n',
    what: 'a file beside the adapters',
    rule: 'no-restricted-syntax',
  },
  {
    sentence: 'Only `nest/` imports `@nestjs/*`',
    file: 'libs/herd/src/cluster/nests.ts',
    text: `import { Injectable } from '@nestjs/common';\nexport const used = Injectable;\n`,
    what: '@nestjs/common',
    rule: 'only-nest-imports-nest',
  },
  ...['@nestjs/core', '@nestjs/terminus'].map((name, index) => ({
    sentence: 'Only `nest/` imports `@nestjs/*`',
    file: `libs/search/src/sync/nests-${index}.ts`,
    text: `import type * as Nest from '${name}';\nexport type Used = typeof Nest;\n`,
    what: `a type of ${name}`,
    rule: 'only-nest-imports-nest',
  })),
  ...['service', 'nest', 'testing', 'support'].map((folder) => ({
    sentence: 'Only an adapter imports a client package',
    file: `libs/limiter/src/${folder}/connects.ts`,
    text: `import { Redis } from 'ioredis';\nexport const used = Redis;\n`,
    what: 'ioredis',
    rule: 'only-adapters-import-client-packages',
  })),
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
  ...['@rookery/herd', '@rookery/herd/redis'].map((name, index) => ({
    sentence: 'Never does one library import another',
    file: `libs/limiter/src/service/borrows-${index}.ts`,
    text: importingType(name),
    what: `a type of ${name}`,
    rule: 'libraries-never-import-each-other',
  })),
  ...['./target.spec.js', '../../test/target.js'].map((path, index) => ({
    sentence: 'Never does production code import a spec or `testing/`',
    file: `libs/herd/src/pool/tests-itself-${index}.ts`,
    text: importing(path),
    what: path,
    rule: 'specs-and-testing-stay-out-of-production-code',
  })),
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

export const VIOLATIONS = [...againstTheOrder, ...importForms, ...runningContracts, ...single, ...impureFiles];

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
  'libs/herd/src/pool/target.spec.ts': 'export const target = 1;\n',
  'libs/herd/src/adapters/redis/index.ts': `export * from './target.js';\n`,
  'libs/herd/test/target.ts': 'export const target = 1;\n',
  'libs/herd/src/pool/other.ts': `import { used } from './one.js';\nexport const target: number = used;\n`,
};
