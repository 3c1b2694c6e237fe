// What the folders of ARCHITECTURE.md forbid and imports alone do not show. Read by eslint.config.js and by the proof.
import { createRequire } from 'node:module';
import tseslint from 'typescript-eslint';

const { LIBRARIES, placesOf } = createRequire(import.meta.url)('./scripts/folder-order.cjs');

const filesOf = (choose) =>
  Object.entries(LIBRARIES).flatMap(([library, folders]) =>
    choose(folders).map((folder) => `libs/${library}/src/${folder}/**/*.ts`),
  );
const block = (name, files, rules, globals = {}) => ({
  name: `rookery/${name}`,
  files,
  ignores: ['**/*.spec.ts'],
  languageOptions: { parser: tseslint.parser, globals },
  rules,
});
const each = (message, selectors) => selectors.map((selector) => ({ selector, message }));

/** In every folder: imports that dependency-cruiser does not follow. */
const unseen = 'The folder rule cannot see what this imports: write an import with its path.';
const unseenModules = ['node:module', 'module'].map((name) => ({ name, message: unseen }));
const unseenSyntax = each(unseen, [
  'ImportExpression[source.type!="Literal"]',
  'TSModuleDeclaration[id.type="Literal"]',
]);
const everywhere = {
  'no-restricted-imports': ['error', { paths: unseenModules }],
  'no-restricted-syntax': ['error', ...unseenSyntax],
};

const pure = 'Pure folders compute: pass the clock, the chance or the client in as an argument.';
const impureGlobals = [
  ...['fetch', 'process', 'performance', 'crypto', 'console', 'globalThis', 'Atomics', 'Temporal', 'eval'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate', 'queueMicrotask'],
];
const impureProperties = { Date: 'now', Math: 'random', AbortSignal: 'timeout' };
const pureImports = {
  crypto: ['createHash'],
  zlib: ['brotliCompressSync', 'brotliDecompressSync', 'constants', 'gunzipSync', 'gzipSync'],
};
const pureGlobals = { AbortSignal: 'readonly', Buffer: 'readonly', structuredClone: 'readonly' };
const held =
  ':matches(VariableDeclarator[id.type="Identifier"], AssignmentExpression, AssignmentPattern, CallExpression)';
const impureSyntax = each(pure, [
  'NewExpression[callee.name="Date"][arguments.length=0]',
  'NewExpression[callee.name="Date"][arguments.0.type="SpreadElement"]',
  `${held} > Identifier[name=/^(Date|Math)$/]`,
  'CallExpression[callee.property.name=/^format(ToParts)?$/][arguments.length=0]',
  ':matches(NewExpression, CallExpression)[callee.name="Function"]',
]);

/** Names of the language are defined here (`no-undef`); what else the runtime offers is refused without a list. */
const pureRules = {
  'no-undef': 'error',
  'no-restricted-globals': ['error', ...impureGlobals.map((name) => ({ name, message: pure }))],
  'no-restricted-properties': [
    'error',
    ...Object.entries(impureProperties).map(([object, property]) => ({ object, property, message: pure })),
  ],
  'no-restricted-syntax': ['error', ...unseenSyntax, ...impureSyntax],
  'no-restricted-imports': [
    'error',
    {
      paths: Object.entries(pureImports).flatMap(([name, allowImportNames]) =>
        [name, `node:${name}`].map((path) => ({ name: path, allowImportNames, message: pure })),
      ),
    },
  ],
};

const runningCode = each('contracts/ holds types and constants alone: running code belongs to support/.', [
  'FunctionDeclaration, FunctionExpression, ArrowFunctionExpression, ClassDeclaration, ClassExpression',
  'TSEnumDeclaration, TSModuleDeclaration',
  'ImportDeclaration[specifiers.length=0]',
  'Program > :not(ImportDeclaration, ExportNamedDeclaration, ExportAllDeclaration, VariableDeclaration, TSInterfaceDeclaration, TSTypeAliasDeclaration)',
  'VariableDeclaration[kind!="const"]',
  'CallExpression:not([callee.object.name="Object"][callee.property.name="freeze"])',
  'NewExpression, ImportExpression, AwaitExpression, TaggedTemplateExpression, ConditionalExpression, LogicalExpression',
  'MemberExpression[object.name=/^(process|globalThis|performance)$/]',
]);

const noPlace = each('ARCHITECTURE.md has no place for this file.', ['Program']);

export default [
  block('every-folder', ['libs/*/src/**/*.ts'], everywhere),
  block(
    'pure-folders',
    filesOf(({ pure }) => ['errors', ...pure]),
    pureRules,
    pureGlobals,
  ),
  block(
    'contracts',
    filesOf(() => ['contracts']),
    { 'no-restricted-syntax': ['error', ...unseenSyntax, ...runningCode] },
  ),
  {
    ...block('places', ['libs/*/src/**/*.ts'], { 'no-restricted-syntax': ['error', ...noPlace] }),
    ignores: Object.keys(LIBRARIES).flatMap(placesOf),
  },
];
