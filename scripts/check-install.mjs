// What `npm ci` brings to a newcomer, and that the demo needs no more: npm run check:install
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from './matrix/run.mjs';

const LIMIT_MB = 350;
const root = join(import.meta.dirname, '..');
const clone = mkdtempSync(join(tmpdir(), 'rookery-install-'));

/** Bytes of the files in a folder. What is linked, as the workspaces are, is none of them. */
function bytesOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sum + bytesOf(path);
    return entry.isFile() ? sum + lstatSync(path).size : sum;
  }, 0);
}

/** Without a compiler `npm pack` would pack no build, so it must not succeed. */
async function refusesToPack() {
  const packed = run('npm', ['pack', '--dry-run'], { cwd: join(clone, 'libs/herd') });
  const complaint = await packed.then(
    () => 'it packed',
    (error) => error.message,
  );
  if (!complaint.includes('run npm ci at the root'))
    throw new Error(`npm pack in a fresh clone must name its remedy: ${complaint}`);
  console.log('npm pack in a fresh clone refuses, and names npm ci');
}

const megabytes = (bytes) => Math.round(bytes / 1e6);

try {
  const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const manifests = workspaces.flatMap((pattern) => globSync(`${pattern}/package.json`, { cwd: root }));
  const needed = [
    'package.json',
    'package-lock.json',
    '.npmrc',
    'tsconfig.json',
    'scripts/build-demo.mjs',
    'scripts/build-libs.mjs',
    ...manifests,
  ];
  const sources = manifests.map((manifest) => join(dirname(manifest), 'src')).concat('apps/demo-api/data');
  for (const path of [...needed, ...sources]) {
    if (!existsSync(join(root, path))) continue;
    mkdirSync(dirname(join(clone, path)), { recursive: true });
    cpSync(join(root, path), join(clone, path), { recursive: true });
  }
  await refusesToPack();
  await run('npm', ['ci', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: clone,
    timeoutMs: 600_000,
  });
  const packages = globSync(['node_modules/[!@.]*', 'node_modules/@*/*'], { cwd: clone });
  const sizes = packages

    .filter((path) => lstatSync(join(clone, path)).isDirectory())
    .map((path) => [path.replace('node_modules/', ''), bytesOf(join(clone, path))])
    .sort((a, b) => b[1] - a[1]);
  const total = bytesOf(join(clone, 'node_modules'));
  console.log(`npm ci brings ${sizes.length} packages, ${megabytes(total)} MB (at most ${LIMIT_MB})`);
  if (total > LIMIT_MB * 1e6) {
    for (const [name, bytes] of sizes.slice(0, 12))
      console.error(`${String(megabytes(bytes)).padStart(5)} MB  ${name}`);
    process.exitCode = 1;
  }

  // Every module of the demo and of what starts its servers is built and loads with that.
  await run(process.execPath, ['scripts/build-demo.mjs'], { cwd: clone });
  const modules = [
    'apps/demo-api/dist/start.js',
    'apps/demo-api/dist/data/data.module.js',
    'tools/services/dist/index.js',
  ];
  const program = modules.map((module) => `await import('./${module}');`).join('\n');
  await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: clone, env: { NODE_OPTIONS: '' } });
  // A program of its own, which nothing imports: it ends when its input does.
  const { status, stderr } = spawnSync(process.execPath, ['tools/services/dist/guardian.js'], {
    cwd: clone,
    input: '',
    encoding: 'utf8',
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  if (status !== 0) throw new Error(`what ends the servers of a demo does not run: ${stderr}`);
  console.log('and the demo is built and loads with it');
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(clone, { recursive: true, force: true });
}
