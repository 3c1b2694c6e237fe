import { createRequire } from 'node:module';

const { LIBRARIES } = createRequire(import.meta.url)('../folder-order.cjs');

const expressions = {
  'no-restricted-globals': [
    `fetch('http://127.0.0.1')`,
    `globalThis.fetch('http://127.0.0.1')`,
    `globalThis['fetch']('http://127.0.0.1')`,
    'setTimeout(() => {}, 1)',
    'setImmediate(() => {})',
    'queueMicrotask(() => {})',
    'process.argv',
    'process.hrtime.bigint()',
    'process.nextTick(() => {})',
    'performance.now()',
    'crypto.randomUUID()',
    'console.log(1)',
    `eval('fetch')`,
    'new globalThis.Date()',
    'Atomics.wait(cells, 0, 0, 5)',
  ],
  'no-restricted-properties': ['Date.now()', `Date['now']()`, 'Math.random()', 'AbortSignal.timeout(5)'],
  'no-restricted-syntax': [
    'Date()',
    'new Date()',
    'new Date(...[])',
    `Reflect.get(Date, 'now')`,
    `new Function('return fetch')`,
    'new Intl.DateTimeFormat().format()',
  ],
  'no-undef': [`new WebSocket('ws://127.0.0.1')`, `new BroadcastChannel('a')`, 'global.setTimeout(() => {}, 1)'],
};
const declarations = {
  'no-restricted-properties': ['const { now: used } = Date;', 'const { random: used } = Math;'],
  'no-restricted-globals': ['const { fetch: used } = globalThis;'],
  'no-restricted-syntax': ['const used = Date;', 'const used = Math;'],
};
const imports = {
  'pure-folders-do-no-io': ['node:net', 'fs', 'node:fs/promises', 'node:timers/promises', 'node:process', 'node:os'],
  'pure-folders-import-packages-for-types-alone': ['rxjs', '@mikro-orm/core'],
  'no-restricted-imports': ['node:crypto', 'crypto'],
};

const flat = (table) => Object.entries(table).flatMap(([rule, texts]) => texts.map((text) => [rule, text]));
const impurities = [
  ...flat(expressions).map(([rule, text]) => ({
    rule,
    what: text,
    text: `export const used = (): unknown => ${text};`,
  })),
  ...flat(declarations).map(([rule, text]) => ({ rule, what: text, text: `${text}\nexport { used };` })),
];
const impureImports = flat(imports).map(([rule, path]) => ({ rule, path }));

/** What `folder` of `library` might do, but compute. */
const inFolder = (library, folder) =>
  [
    ...impurities.map(({ rule, what, text }) => ({ rule, what, text })),
    ...impureImports.map(({ rule, path }) => ({
      rule: rule.startsWith('pure-') ? `${library}-${rule}` : rule,
      what: path,
      text: `import * as used from '${path}';\nexport { used };`,
    })),
  ].map(({ rule, what, text }, index) => ({
    sentence: 'Never does `errors/` or a pure folder do I/O',
    file: `libs/${library}/src/${folder}/impure-${index}.ts`,
    text: `${text}\n`,
    what,
    rule,
  }));

export const impureFiles = Object.entries(LIBRARIES).flatMap(([library, { pure }]) =>
  ['errors', ...pure].flatMap((folder) => inFolder(library, folder)),
);
