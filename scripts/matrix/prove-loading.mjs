import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './run.mjs';

const root = join(import.meta.dirname, '../..');

/** The main entry point of a library loads where none of its optional peers is installed, as ES module and as CommonJS. */
export async function proveLibrariesAlone(folder, libraries) {
  const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const peers = libraries.flatMap(({ peerDependencies, peerDependenciesMeta = {} }) =>
    Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional),
  );
  const installed = [
    ...peers.map((name) => [name, dependencies[name]]),
    ...libraries.map(({ name, tarball }) => [name, `file:${tarball}`]),
  ];
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, dependencies: Object.fromEntries(installed) }),
  );
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folder });
  const names = libraries.map(({ name }) => name);
  await writeFile(join(folder, 'main.mjs'), names.map((name) => `import '${name}';\n`).join(''));
  await writeFile(join(folder, 'main.cjs'), names.map((name) => `require('${name}');\n`).join(''));
  for (const file of ['main.mjs', 'main.cjs']) await run(process.execPath, [file], { cwd: folder });
}

/** Every entry point loads, by import and by require, on the Node of `env`, where all optional peers are installed. */
export async function proveEntryPoints(app, specifiers, env) {
  const statements = (load) => specifiers.map((specifier) => `${load}('${specifier}');`).join('\n');
  await run('node', ['--input-type=module', '--eval', statements('await import')], { cwd: app, env });
  await run('node', ['--input-type=commonjs', '--eval', statements('require')], { cwd: app, env });
}

/**
 * An application that loads every entry point twice, by import and by require, as where a CommonJS package uses a library
 * that the application imports: decorators, tokens and errors of one build work with the module of the other.
 */
export async function proveBothBuilds(app, specifiers) {
  const source = await readFile(join(import.meta.dirname, 'both-builds.mjs'), 'utf8');
  await writeFile(join(app, 'both-builds.mjs'), source);
  return run(process.execPath, ['both-builds.mjs', ...specifiers], { cwd: app, timeoutMs: 60_000 });
}
