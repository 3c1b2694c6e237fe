// The same program under the settings of TypeScript that change what a library's types and builds must be.
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './run.mjs';

const base = {
  target: 'es2022',
  strict: true,
  esModuleInterop: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  types: ['node'],
  rootDir: '.',
  outDir: 'out',
};
const careful = { isolatedModules: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
const verbatim = { verbatimModuleSyntax: true, noPropertyAccessFromIndexSignature: true };

/** By the modules of the application. `runs`: what is written can be run as it is. */
const settings = {
  cjs: {
    node16: { ...careful, module: 'node16', runs: true },
    node10: { module: 'commonjs', moduleResolution: 'node10', runs: true },
  },
  esm: {
    node16: { ...careful, ...verbatim, module: 'node16', runs: true },
    nodenext: { ...careful, ...verbatim, module: 'nodenext', runs: true },
    bundler: { ...careful, ...verbatim, module: 'esnext', moduleResolution: 'bundler', runs: true },
    preserve: { ...careful, module: 'preserve', moduleResolution: 'bundler' },
  },
};

const EXPECTED = '[true,false,1,1]';

/**
 * Types are checked with `skipLibCheck: false`; what the declarations of other packages do wrong is theirs.
 *
 * @param app an application that is proved, with MikroORM and memcached
 * @returns the names of the settings
 * @throws with what is wrong under one of them
 */
export async function proveOptions(app, { modules }, env) {
  const folder = join(app, 'options');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  await copyFile(join(import.meta.dirname, 'one-call.ts'), join(folder, 'one-call.ts'));
  for (const [name, { runs, ...options }] of Object.entries(settings[modules])) {
    const compilerOptions = { ...base, ...options };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['one-call.ts'] }));
    await rm(join(folder, 'out'), { recursive: true, force: true });
    const complaints = await complaintsOf(app, env);
    if (complaints.length > 0) throw new Error(`${name}:\n${complaints.join('\n')}`);
    if (!runs) continue;
    const printed = await run('node', ['options/out/one-call.js'], { cwd: app, env: { ...env, NODE_OPTIONS: '' } });
    if (!printed.includes(EXPECTED)) throw new Error(`${name}: ${EXPECTED} was expected (got ${printed})`);
  }
  return Object.keys(settings[modules]);
}

async function complaintsOf(app, env) {
  try {
    await run(join(app, 'node_modules/.bin/tsc'), ['--project', 'options', '--pretty', 'false'], { cwd: app, env });
    return [];
  } catch (error) {
    const lines = error.message.split('\n').filter((line) => /error TS/.test(line));
    if (lines.length === 0) throw error;
    return lines.filter((line) => !/^node_modules\/(?!@rookery\/)/.test(line));
  }
}
