// Translates what the demo runs, file by file and without a look at types, so that it needs neither the tools of tests nor their
// types. What is up to date stays: node scripts/build-demo.mjs
import { globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '..');
const targets = [
  ...globSync('libs/*/package.json', { cwd: root }).map((manifest) => [dirname(manifest), 'dist/esm']),
  ['tools/services', 'dist'],
  ['apps/demo-api', 'dist'],
];
const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
const compilerOptions = {
  ...options,
  // Each file is an ES module here, whatever package.json has: nothing reads one.
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  rewriteRelativeImportExtensions: true,
};

const modifiedAt = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

for (const [project, output] of targets) {
  const sources = globSync('**/*.ts', { cwd: join(root, project, 'src') }).filter((path) => !path.endsWith('.spec.ts'));
  for (const path of sources) {
    const source = join(root, project, 'src', path);
    const target = join(root, project, output, path.replace(/\.ts$/, '.js'));
    if (modifiedAt(target) > modifiedAt(source)) continue;
    const { outputText, sourceMapText } = ts.transpileModule(readFileSync(source, 'utf8'), {
      fileName: source,
      compilerOptions,
    });
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
    writeFileSync(`${target}.map`, sourceMapText);
  }
}
