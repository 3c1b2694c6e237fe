import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const UNKNOWN_NAME = new Set([2304, 2552, 2503, 2582, 2593, 18004]);
/** Parts of a class that a page shows one after another, and names that the same block declares for another example. */
const OF_FRAGMENTS = new Set([
  2300, 2451, 1219, 2393, 2392, 7006, 7031, 7005, 7034, 2347, 2355, 2366, 2564, 1308, 2695,
]);

/** @returns how many blocks of TypeScript a page has, and what does not compile in them, with its line */
export function complaintsOf(root, page, text) {
  const found = blocksOf(text);
  if (found.length === 0) return { blocks: 0, complaints: [] };
  const exports = (exported ??= exportsByName(root));
  const library = /^libs\/(\w+)\//.exec(page)?.[1];
  const folder = join(root, 'apps/.docs', page.replaceAll('/', '-'));
  const lineOf = new Map(found.map(({ line, code }) => [join(folder, fileOf(code) ?? `${line}.ts`), line]));
  const files = new Map(found.map(({ code }, index) => [[...lineOf.keys()][index], prepared(code)]));
  const unknown = new Map([...files.keys()].map((file) => [file, new Set()]));
  for (const diagnostic of diagnosticsOf(root, files)) {
    const name = UNKNOWN_NAME.has(diagnostic.code) && /'([\w$]+)'/.exec(messageOf(diagnostic))?.[1];
    if (name) unknown.get(diagnostic.file.fileName)?.add(name);
  }
  const completed = new Map(
    [...files].map(([file, code]) => [file, `${code}\n${prelude([...unknown.get(file)], exports, library)}`]),
  );
  const complaints = diagnosticsOf(root, completed)
    .filter((diagnostic) => diagnostic.file && !OF_FRAGMENTS.has(diagnostic.code) && !isOfReader(diagnostic))
    .map((diagnostic) => {
      const { line } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start);
      return `${page}:${lineOf.get(diagnostic.file.fileName) + line}: ${messageOf(diagnostic).replaceAll(/\s+/g, ' ')} (TS${diagnostic.code})`;
    });
  return { blocks: found.length, complaints };
}

let exported;

/** A module that is the reader's own, or that only they have. */
const isOfReader = (diagnostic) => diagnostic.code === 2307 && !messageOf(diagnostic).includes("'@rookery/");

function blocksOf(text) {
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => ({
    line: text.slice(0, match.index).split('\n').length + 1,
    code: match[1],
  }));
}

/** A block that names its file in its first line can be imported by the others of its page. */
const fileOf = (code) => /^\/\/ (src\/\S+\.ts)\n/.exec(code)?.[1];

/** Forms in which a block may stand on a page: a file, members of a class, parts of an object or a list, decorators alone. */
const FORMS = [
  ([...lines]) => lines,
  ([first, ...rest]) => [`class __Members { ${first}`, ...rest, '}'],
  ([first, ...rest]) => [`void { ${first}`, ...rest, '};'],
  ([first, ...rest]) => [`void [ ${first}`, ...rest, '];'],
  (lines) => [...lines, 'class __Decorated {}'],
  ([first, ...rest]) => [`class __Members { ${first}`, ...rest, '__decorated() {} }'],
];

/** With decorators that stand before nothing, which the parser alone lets pass. */
function syntaxErrors(code) {
  const source = ts.createSourceFile('block.ts', code, ts.ScriptTarget.ES2023);
  return (
    source.parseDiagnostics.length +
    source.statements.filter(({ kind }) => kind === ts.SyntaxKind.MissingDeclaration).length
  );
}

/** Keeps the lines as they are, so that a complaint names the line of the page. */
function prepared(code) {
  const fields = new Map();
  let inClass = false;
  const lines = code
    .replaceAll(', … }', ', ...__any }')
    .replaceAll('{ …, ', '{ ...__any, ')
    .replaceAll('…', '__any')
    .split('\n')
    .map((line) => {
      if (/^(export )?(abstract )?class .*[^}]$/.test(line)) inClass = true;
      if (/^}/.test(line)) inClass = false;
      if (inClass) return line;
      if (!/^constructor\(/.test(line)) return line.replaceAll(/\bthis\./g, '__this.');
      for (const [, name, type] of line.matchAll(/readonly (\w+): ((?:[\w.]+)(?:<[^>]*>+)?)/g)) fields.set(name, type);
      return `class __Fragment { ${line} }`;
    });
  const owner = [...fields].map(([name, type]) => `${name}: ${type}; `).join('');
  const augmented = [...code.matchAll(/declare module ('[^']+')/g)]
    .map(([, name]) => `import type {} from ${name}; `)
    .join('');
  const end = `;${augmented}export {}; declare const __any: any; declare const __this: { ${owner}[name: string]: any };`;
  const forms = FORMS.map((form) => [...form(lines), end].join('\n'));
  const wrong = forms.map(syntaxErrors);
  return forms[wrong.indexOf(Math.min(...wrong))];
}

function prelude(names, exports, library) {
  return names
    .map((name) => {
      const from = exports.get(name) ?? [];
      const own = from.filter(({ text }) => text.startsWith(`@rookery/${library}`));
      const known =
        library === undefined
          ? from
          : from.filter(
              ({ text }) =>
                own.some((one) => one.text === text) || (!text.startsWith('@rookery/') && /^[A-Z]/.test(name)),
            );
      const specifier = (own.find(({ value }) => value) ?? known.find(({ value }) => value) ?? own[0] ?? known[0])
        ?.text;
      return specifier ? `import { ${name} } from '${specifier}';` : `declare const ${name}: any; type ${name} = any;`;
    })
    .join(' ');
}

const OTHERS = [
  '@nestjs/common',
  '@nestjs/core',
  '@mikro-orm/decorators/legacy',
  '@mikro-orm/core',
  '@mikro-orm/nestjs',
  'rxjs',
];

/** Where each name comes from: the entry points of the libraries, then what every application has. */
function exportsByName(root) {
  const own = globSync('libs/*/package.json', { cwd: root }).flatMap((manifest) => {
    const { name, exports } = JSON.parse(readFileSync(join(root, manifest), 'utf8'));
    return Object.keys(exports)
      .filter((path) => !path.endsWith('.json'))
      .map((path) => path.replace(/^\./, name));
  });
  const specifiers = [...own, ...OTHERS];
  const file = join(root, 'apps/.docs/exports.ts');
  const code = specifiers.map((specifier, index) => `import * as e${index} from '${specifier}'; e${index};`).join('\n');
  const program = programOf(root, new Map([[file, code]]));
  const checker = program.getTypeChecker();
  const found = new Map();
  program
    .getSourceFile(file)
    .statements.filter(ts.isImportDeclaration)
    .forEach((statement) => {
      const module = checker.getSymbolAtLocation(statement.moduleSpecifier);
      for (const symbol of module ? checker.getExportsOfModule(module) : []) {
        const { flags } = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
        const before = found.get(symbol.name) ?? [];
        const { text } = statement.moduleSpecifier;
        // What is a value stands before what is a type alone.
        found.set(
          symbol.name,
          flags & ts.SymbolFlags.Value
            ? [...before.filter(({ value }) => value), { text, value: true }, ...before.filter(({ value }) => !value)]
            : [...before, { text, value: false }],
        );
      }
    });
  return found;
}

function programOf(root, files) {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(
    {
      ...config.compilerOptions,
      composite: false,
      declaration: false,
      declarationMap: false,
      isolatedModules: false,
      noEmit: true,
      moduleDetection: 'force',
    },
    root,
  );
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile, directoryExists } = host;
  const folders = new Set([...files.keys()].map((file) => dirname(file)));
  host.directoryExists = (folder) => folders.has(folder) || directoryExists(folder);
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  host.getSourceFile = (file, ...rest) =>
    files.has(file)
      ? ts.createSourceFile(file, files.get(file), {
          languageVersion: ts.ScriptTarget.ES2023,
          impliedNodeFormat: ts.ModuleKind.ESNext,
        })
      : (sources.get(file) ?? remember(file, getSourceFile(file, ...rest)));
  return ts.createProgram([...files.keys()], options, host);
}

const sources = new Map();
function remember(file, source) {
  sources.set(file, source);
  return source;
}

/** What one block declares for a whole application must not hold in the others. */
function diagnosticsOf(root, files) {
  const apart = [...files].filter(([, code]) => code.includes('declare module'));
  const together = new Map([...files].filter(([, code]) => !code.includes('declare module')));
  return [together, ...apart.map((entry) => new Map([entry]))].flatMap((some) =>
    some.size > 0 ? judged(root, some) : [],
  );
}

function judged(root, files) {
  const program = programOf(root, files);
  return [...files.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  });
}

const messageOf = ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n');
