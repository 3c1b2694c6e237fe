// What the folders of ARCHITECTURE.md forbid and imports alone do not show. Read by eslint.config.js and by the proof.
import { createRequire } from 'node:module';
import tseslint from 'typescript-eslint';

const { LIBRARIES } = createRequire(import.meta.url)('./scripts/folder-order.cjs');

const filesOf = (choose) =>
  Object.entries(LIBRARIES).flatMap(([library, folders]) =>
    choose(folders).map((folder) => `libs/${library}/src/${folder}/**/*.ts`),
  );

const because = 'Pure folders compute: pass the clock, the chance or the client in as an argument.';
const globals = [
  'fetch',
  'process',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'queueMicrotask',
];

const pureFolders = {
  name: 'rookery/pure-folders',
  files: filesOf(({ pure }) => pure),
  ignores: ['**/*.spec.ts'],
  languageOptions: { parser: tseslint.parser },
  rules: {
    'no-restricted-globals': ['error', ...globals.map((name) => ({ name, message: because }))],
    'no-restricted-properties': [
      'error',
      { object: 'Date', property: 'now', message: because },
      { object: 'Math', property: 'random', message: because },
      ...globals.map((property) => ({ object: 'globalThis', property, message: because })),
    ],
    'no-restricted-syntax': [
      'error',
      { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: because },
      { selector: 'CallExpression[callee.name="Date"]', message: because },
    ],
  },
};

const contracts = {
  name: 'rookery/contracts',
  files: filesOf(() => ['contracts']),
  ignores: ['**/*.spec.ts'],
  languageOptions: { parser: tseslint.parser },
  rules: {
    'no-restricted-syntax': [
      'error',
      {
        selector: 'FunctionDeclaration, FunctionExpression, ArrowFunctionExpression, ClassDeclaration, ClassExpression',
        message: 'contracts/ holds types and constants alone: running code belongs to support/.',
      },
    ],
  },
};

export default [pureFolders, contracts];
