// Installers that let a package find only what it names: pnpm with its strict node_modules, Yarn with Plug'n'Play.
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ormVersions } from './combinations.mjs';
import { run } from './run.mjs';

const EXPECTED = '[true,false,1,1]';
const INSTALL_TIMEOUT_MS = 600_000;

const installers = {
  'pnpm 10, strict': {
    tool: 'pnpm@10',
    install: ['install', '--prefer-offline', '--ignore-scripts'],
    files: {},
  },
  "Yarn 4, Plug'n'Play": {
    tool: '@yarnpkg/cli-dist@4',
    install: ['install'],
    files: { 'yarn.lock': '', '.yarnrc.yml': 'nodeLinker: pnp\nenableTelemetry: false\nenableScripts: false\n' },
  },
};

const compilerOptions = {
  target: 'es2022',
  module: 'nodenext',
  strict: true,
  skipLibCheck: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  types: ['node'],
  outDir: 'out',
};

/** @throws where an installer refuses the packages, or a program that calls each library once does not compile or run */
export async function proveInstallers(folder, libraries, report = console.log) {
  for (const [name, { tool, install, files }] of Object.entries(installers)) {
    const cwd = join(folder, tool.replaceAll(/[^a-z]/g, ''));
    await mkdir(cwd, { recursive: true });
    const all = {
      ...files,
      'package.json': manifestOf(libraries),
      'tsconfig.json': { compilerOptions, files: ['one-call.ts'] },
    };
    for (const [file, content] of Object.entries(all))
      await writeFile(join(cwd, file), typeof content === 'string' ? content : JSON.stringify(content));
    await copyFile(join(import.meta.dirname, 'one-call.ts'), join(cwd, 'one-call.ts'));
    const call = (args, timeoutMs) =>
      run('npx', ['--yes', tool, ...args], { cwd, timeoutMs, env: { NODE_OPTIONS: '' } });
    await call(install, INSTALL_TIMEOUT_MS);
    await call(['exec', 'tsc', '--project', '.']);
    const printed = await call(['exec', 'node', 'out/one-call.js']);
    if (!printed.includes(EXPECTED)) throw new Error(`${name}: ${EXPECTED} was expected (got ${printed})`);
    report(`ok      ${name}`);
  }
}

const manifestOf = (libraries) => ({
  name: 'strict',
  private: true,
  type: 'module',
  dependencies: {
    ...Object.fromEntries(libraries.map(({ name, tarball }) => [name, `file:${tarball}`])),
    '@mikro-orm/core': ormVersions[7],
    '@mikro-orm/postgresql': ormVersions[7],
    '@nestjs/common': '^12.0.0',
    '@nestjs/core': '^12.0.0',
    memcached: '^2.2.2',
    'reflect-metadata': '^0.2.2',
    rxjs: '^7.8.1',
  },
  devDependencies: { '@types/node': '^24.0.0', typescript: '~6.0.3' },
});
