// Makes an application as `nest new` does, from the templates of the wanted release of Nest, and puts the three libraries in.
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ormVersions } from './combinations.mjs';
import { run } from './run.mjs';

const sources = join(import.meta.dirname, 'app');
const readJson = async (file) => JSON.parse(await readFile(file, 'utf8'));
const writeJson = (file, value) => writeFile(file, `${JSON.stringify(value, undefined, 2)}\n`);
const install = (cwd) =>
  run('npm', ['install', '--include=dev', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd,
    timeoutMs: 600_000,
  });

/** The CLI of a release of Nest, with its templates. */
async function nestCli(folder, nest) {
  const cli = join(folder, `cli-${nest}`);
  await mkdir(cli, { recursive: true });
  await writeJson(join(cli, 'package.json'), {
    private: true,
    dependencies: { '@nestjs/cli': `^${nest}.0.0`, '@nestjs/schematics': `^${nest}.0.0` },
  });
  await install(cli);
  return join(cli, 'node_modules/.bin/schematics');
}

/** `nest new`, without its questions: it would run the same templates. */
async function generate(folder, { name, nest, modules }) {
  const options = [`--name=${name}`, '--language=ts', '--strict', ...(nest >= 12 ? [`--type=${modules}`] : [])];
  await run(await nestCli(folder, nest), ['@nestjs/schematics:application', ...options, '--no-dry-run'], {
    cwd: folder,
  });
  return join(folder, name);
}

const clients = (orm) => ({
  '@mikro-orm/core': orm,
  '@mikro-orm/postgresql': orm,
  '@opensearch-project/opensearch': '^3.0.0',
  ioredis: '^6.0.0',
  memcached: '^2.2.2',
});

/** The optional peers, of the releases that fit: each must install, and each entry point load. */
const optionalPeers = (nest) => ({
  '@kubernetes/client-node': nest < 12 ? '^1.4.0' : '^2.0.0',
  '@nestjs/microservices': `^${nest}.0.0`,
  '@nestjs/swagger': `^${nest}.0.0`,
  '@nestjs/terminus': `^${nest}.0.0`,
  '@nestjs/websockets': `^${nest}.0.0`,
  '@opentelemetry/api': '^1.9.0',
  'prom-client': '^15.0.0',
});

async function addDependencies(app, { nest, modules, orm, typescript, runs, inDetail }, tarballs) {
  const manifest = await readJson(join(app, 'package.json'));
  const range = ormVersions[orm];
  Object.assign(
    manifest.dependencies,
    clients(range),
    inDetail ? optionalPeers(nest) : {},
    orm === '7' ? { '@mikro-orm/decorators': range, '@mikro-orm/nestjs': '^7.0.0' } : { '@mikro-orm/nestjs': '^6.1.0' },
    Object.fromEntries(tarballs.map(({ name, tarball }) => [name, `file:${tarball}`])),
  );
  const { devDependencies } = manifest;
  Object.assign(devDependencies, {
    typescript: typescript === '5.9' ? '~5.9.0' : `^${typescript}.0.0`,
    '@types/memcached': '^2.2.0',
  });
  if (runs.some(({ builder }) => builder === 'swc'))
    Object.assign(devDependencies, { '@swc/core': '1.16.18', '@swc/cli': '^0.8.0' });
  // What the CLI of Nest 12 needs to build with webpack; that of Nest 11 brings it.
  if (nest >= 12 && runs.some(({ builder }) => builder === 'webpack'))
    for (const name of [
      'webpack',
      'webpack-node-externals',
      'tsconfig-paths-webpack-plugin',
      'fork-ts-checker-webpack-plugin',
    ])
      devDependencies[name] = '*';
  if (modules === 'esm' && nest < 12) asEsModules(manifest);
  // The linters are none of our business, and a quarter of the install.
  for (const name of Object.keys(devDependencies))
    if (/lint|prettier|^globals$/.test(name)) delete devDependencies[name];
  if (typescript === '7') delete devDependencies['@nestjs/cli'];
  await writeJson(join(app, 'package.json'), manifest);
}

/** Nest 11 has no template for ES modules: its users change `type`, and use Vitest. */
function asEsModules(manifest) {
  manifest.type = 'module';
  delete manifest.jest;
  manifest.scripts.test = 'vitest run';
  for (const name of ['jest', 'ts-jest', '@types/jest']) delete manifest.devDependencies[name];
  Object.assign(manifest.devDependencies, { vitest: '^4.1.2' });
}

/** Where the sources that `nest new` wrote are kept. */
export const templateOf = (app) => `${app}-template`;

async function addSources(app, { nest, modules, orm }) {
  await cp(join(app, 'src'), templateOf(app), { recursive: true });
  await rm(join(app, 'src'), { recursive: true });
  await rm(join(app, 'test'), { recursive: true });
  await mkdir(join(app, 'src'));
  const [decorators, createSchema] =
    orm === '7' ? ['@mikro-orm/decorators/legacy', 'create'] : ['@mikro-orm/core', 'createSchema'];
  for (const file of await readdir(sources)) {
    const text = (await readFile(join(sources, file), 'utf8'))
      .replace('ORM_DECORATORS', decorators)
      .replace('ORM_CREATE_SCHEMA', createSchema);
    // The templates for CommonJS import './app.module', those for ES modules './app.module.js'.
    await writeFile(
      join(app, 'src', file),
      modules === 'cjs' ? text.replaceAll(/(from '\.\/[^']+)\.js'/g, "$1'") : text,
    );
  }
  if (modules === 'esm' && nest < 12) {
    await writeFile(
      join(app, 'vitest.config.mjs'),
      "export default { test: { globals: true, include: ['src/**/*.spec.ts'] } };\n",
    );
    const tsconfig = await readJson(join(app, 'tsconfig.json'));
    tsconfig.compilerOptions.types = ['vitest/globals', 'node'];
    await writeJson(join(app, 'tsconfig.json'), tsconfig);
  }
}

/** @returns the folder of an application that is installed, and neither built nor run. */
export async function freshApp(folder, combination, tarballs) {
  const app = await generate(folder, combination);
  await addDependencies(app, combination, tarballs);
  await addSources(app, combination);
  await install(app);
  return app;
}
