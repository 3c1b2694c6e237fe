// Runs TypeScript with decorators in plain Node: node --require ./scripts/run-typescript.cjs --conditions=@rookery/source file.ts
// A test run starts some hundred processes on the same files: what swc and V8 made of them is kept in node_modules/.cache.
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { enableCompileCache, registerHooks } = require('node:module');
const { join, resolve } = require('node:path');
const { fileURLToPath } = require('node:url');

const ROOT = join(__dirname, '..');
const CACHE = resolve(process.env.ROOKERY_COMPILED ?? join(ROOT, 'node_modules/.cache/typescript'));
const COMPILER = [join(ROOT, 'node_modules/@swc/core/package.json'), join(ROOT, '.swcrc')]
  .map((file) => readFileSync(file, 'utf8'))
  .join();

mkdirSync(CACHE, { recursive: true });
enableCompileCache(join(CACHE, 'v8'));

function compile(filename) {
  const source = readFileSync(filename, 'utf8');
  const hash = createHash('sha1').update(`${COMPILER}\0${filename}\0${source}`).digest('hex');
  const kept = join(CACHE, `${hash}.js`);
  if (existsSync(kept)) return readFileSync(kept, 'utf8');
  const { code } = require('@swc/core').transformSync(source, { filename });
  // Others read and write it meanwhile.
  writeFileSync(`${kept}.${process.pid}`, code);
  renameSync(`${kept}.${process.pid}`, kept);
  return code;
}

registerHooks({
  resolve(specifier, context, next) {
    const source =
      specifier.startsWith('.') && specifier.endsWith('.js')
        ? new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL)
        : undefined;
    return source && existsSync(source) ? next(source.href, context) : next(specifier, context);
  },
  load(url, context, next) {
    if (!url.startsWith('file:') || !new URL(url).pathname.endsWith('.ts')) return next(url, context);
    return { format: 'module', source: compile(fileURLToPath(url)), shortCircuit: true };
  },
});
