/** Each way in which one file can depend on another, from `repository/` to the later `sync/`. */
const SYNC = '../sync/target.js';
const order = 'search-repository-imports-only-folders-before-it';
const unseen = 'no-restricted-syntax';

const FORMS = {
  'import type': [`import type { Target } from '${SYNC}';\nexport type Used = Target;`, order],
  'import { type }': [`import { type Target } from '${SYNC}';\nexport type Used = Target;`, order],
  'import for its effect': [`import '${SYNC}';`, order],
  'export from': [`export { target } from '${SYNC}';`, order],
  'export type from': [`export type { Target } from '${SYNC}';`, order],
  'export * from': [`export * from '${SYNC}';`, order],
  'import = require': [`import sync = require('${SYNC}');\nexport const used = sync;`, order],
  require: [`declare const require: (path: string) => unknown;\nexport const used = require('${SYNC}');`, order],
  'import()': [`export const used = import('${SYNC}');`, order],
  'import() of a template': [`export const used = import(\`${SYNC}\`);`, order],
  'import() of a variable': [`const path = '${SYNC}';\nexport const used = import(path);`, unseen],
  'the type import()': [`export type Used = import('${SYNC}').Target;`, order],
  'typeof import()': [`export type Used = typeof import('${SYNC}');`, order],
  'a path ending in .ts': [`import { target } from '../sync/target.ts';\nexport const used = target;`, order],
  'through index.ts': [`import { target } from '../index.js';\nexport const used = target;`, order],
  'through the own package': [
    `import type { target } from '@rookery/search';\nexport type Used = typeof target;`,
    order,
  ],
  'a reference comment': [`/// <reference path="../sync/target.ts" />\nexport const used = 1;`, order],
  'declare module': [`declare module '${SYNC}' {\n  interface More {}\n}\nexport const used = 1;`, unseen],
  createRequire: [
    `import { createRequire } from 'node:module';\nexport const used = createRequire(import.meta.url)('${SYNC}');`,
    'no-restricted-imports',
  ],
};

export const importForms = Object.entries(FORMS).map(([what, [text, rule]], index) => ({
  sentence: 'Only folders before it are imported by a folder',
  file: `libs/search/src/repository/form-${index}.ts`,
  text: `${text}\n`,
  what: `${what} of sync/`,
  rule,
}));
