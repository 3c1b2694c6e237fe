// Packs every library, lints each tarball, and uses them all in a fresh Nest application, as a user would.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const template = join(root, 'scripts/package-check');
const folder = await mkdtemp(join(tmpdir(), 'rookery-packages-'));
const app = join(folder, 'app');
const readJson = async (file) => JSON.parse(await readFile(file, 'utf8'));

/** Runs a program; a failure carries what it printed. */
async function run(file, args, cwd = app) {
  try {
    return (await promisify(execFile)(file, args, { cwd, maxBuffer: 2 ** 26 })).stdout;
  } catch (error) {
    throw new Error(`${file} ${args.join(' ')} failed:\n${error.stdout ?? ''}${error.stderr ?? error.message}`);
  }
}

async function pack(library) {
  const source = join(root, 'libs', library);
  const answer = JSON.parse(
    await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], source),
  );
  const [packed] = Object.values(answer); // A list, or since npm 12 an object by name.
  const strays = packed.files.map(({ path }) => path).filter((path) => /\.(spec|tst)\.|tsbuildinfo/.test(path));
  if (strays.length > 0) throw new Error(`${packed.name} ships what is for its own tests: ${strays.join(', ')}`);
  const manifest = await readJson(join(source, 'package.json'));
  return { ...manifest, tarball: join(folder, packed.filename), files: packed.files.length, bytes: packed.size };
}

async function lint({ tarball }) {
  await run('publint', ['run', '--strict', tarball], root);
  await run('attw', [tarball, '--format', 'ascii', '--no-color', '--no-emoji'], root);
}

const entryPoints = (library) =>
  Object.keys(library.exports)
    .filter((path) => !path.endsWith('.json'))
    .map((path) => path.replace(/^\./, library.name));

const importing = (specifiers) =>
  specifiers
    .map(
      (specifier, index) =>
        `import * as entry${index} from '${specifier}';\nif (Object.keys(entry${index}).length === 0) throw new Error('${specifier} exports nothing');\n`,
    )
    .join('');

async function createApp(libraries) {
  const { dependencies, devDependencies } = await readJson(join(root, 'package.json'));
  const versions = { ...dependencies, ...devDependencies };
  const peers = libraries.flatMap((library) => Object.keys(library.peerDependencies));
  const names = [...new Set([...peers, '@nestjs/platform-express', '@types/node', '@types/memcached', 'typescript'])];
  await mkdir(join(app, 'src'), { recursive: true });
  await cp(template, join(app, 'src'), { recursive: true });
  await writeFile(join(app, 'src/entry-points.ts'), importing(libraries.flatMap(entryPoints)));
  await writeFile(join(app, 'src/main-entry-points.ts'), importing(libraries.map(({ name }) => name)));
  const installed = [
    ...names.map((name) => [name, versions[name]]),
    ...libraries.map(({ name, tarball }) => [name, `file:${tarball}`]),
  ];
  await writeFile(
    join(app, 'package.json'),
    JSON.stringify({ name: 'fresh', private: true, type: 'module', dependencies: Object.fromEntries(installed) }),
  );
  const options = {
    target: 'ES2023',
    module: 'NodeNext',
    strict: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    types: ['node'],
    rootDir: 'src',
    outDir: 'dist',
  };
  await writeFile(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['src'] }));
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--omit=optional']);
}

/** The declarations of the libraries are checked too; those of other packages are theirs to mend. */
async function typecheck() {
  const failure = await run('tsc', ['--project', '.']).then(
    () => '',
    (error) => error.message,
  );
  const ours = failure
    .split('\n')
    .filter((line) => /error TS/.test(line) && (!line.startsWith('node_modules/') || line.includes('@rookery/')));
  if (ours.length > 0) throw new Error(`the fresh application does not type-check:\n${ours.join('\n')}`);
}

/** The main entry point of a library must work where none of its optional peers is installed. */
async function withoutOptionalPeers(libraries, work) {
  const optional = libraries.flatMap(({ peerDependenciesMeta = {} }) => Object.keys(peerDependenciesMeta));
  const move = (from, to) =>
    Promise.all(optional.map((name) => rename(join(app, from, name), join(app, to, name)).catch(() => {})));
  await Promise.all(optional.map((name) => mkdir(join(app, 'aside', name, '..'), { recursive: true })));
  await move('node_modules', 'aside');
  await work();
  await move('aside', 'node_modules');
}

try {
  const names = (await readdir(join(root, 'libs'), { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const libraries = await Promise.all(names.map(pack));
  for (const { name, version, files, bytes } of libraries)
    console.log(`packed ${name} ${version}: ${files} files, ${(bytes / 1024).toFixed(0)} kB`);
  const settled = await Promise.allSettled([createApp(libraries), ...libraries.map(lint)]);
  const complaints = settled.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.message);
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
  console.log('publint and attw: nothing to complain of');
  await typecheck();
  console.log('a fresh Nest application type-checks every entry point');
  await withoutOptionalPeers(libraries, () => run('node', ['dist/main-entry-points.js']));
  await run('node', ['dist/entry-points.js']);
  console.log((await run('node', ['dist/main.js'])).trim());
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
