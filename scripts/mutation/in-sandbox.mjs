// Resolves our own packages to Stryker's sandbox, where their mutants are: node_modules there leads out of it.
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const LIBS = new URL('../../libs', import.meta.url).href;
const ownLibs = (sandbox) => pathToFileURL(join(sandbox, 'libs')).href;

/**
 * @param {string} sandbox the folder of the sandbox.
 * @param {() => number} loads how often our own files were loaded before; Node loads them again by another address.
 */
export function resolveIn(sandbox, loads) {
  const own = ownLibs(sandbox);
  return registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const url = found.url.startsWith(`${LIBS}/`) ? found.url.replace(LIBS, own) : found.url;
      return { ...found, url: url.startsWith(`${own}/`) ? `${url.replace(/\?.*/, '')}?${loads()}` : url };
    },
  });
}

const COUNT = /stryCov_9fa48\(([^)]*)\)/g;
const SWITCH = /stryMutAct_9fa48\("\d+"\)/g;
const AFTER_HEADER = /(?<=^function stryMutAct_9fa48[^]*?^})/m;

const IS_ACTIVE = 'function isActive(id) {';
/** Ends a loop that has no end: with a mutant in it or before it, it passes others. */
const ENDS = `if ((++ns.passed & 0xffff) === 0 && performance.now() > ns.deadline) {
  ns.expired = true;
  throw new Error('This takes too long');
}`;

/** How often each mutant was run, by its number: as an array of a global name, counting costs little. */
export const hits = (globalThis.__hits ??= new Float64Array(20_000));

/**
 * Leaves in each file what is needed of what Stryker wrote into it, which else needs most of the time.
 *
 * @param {string} sandbox the folder of the sandbox.
 * @param {(path: string) => 'counting' | 'switched' | 'plain'} formOf for the first run, for the file whose mutants are
 * switched, and for the others.
 */
export function lighten(sandbox, formOf) {
  const own = ownLibs(sandbox);
  const read = new Map();
  return registerHooks({
    load(url, context, next) {
      if (!url.startsWith(`${own}/`)) return next(url, context);
      const path = fileURLToPath(url);
      if (!read.has(path)) read.set(path, formsOf(next(url, context)));
      return { ...read.get(path)[formOf(path)], shortCircuit: true };
    },
  });
}

function formsOf(loaded) {
  const [header, ...rest] = String(loaded.source).split(AFTER_HEADER);
  const body = rest.join('');
  const switched = body.replace(COUNT, '0');
  const counting = body.replace(COUNT, (_, ids) => `(${ids.replace(/"(\d+)"/g, '__hits[$1]++')})`);
  const form = (text) => ({ ...loaded, source: header.replace(IS_ACTIVE, IS_ACTIVE + ENDS) + text });
  return { counting: form(counting), switched: form(switched), plain: form(switched.replace(SWITCH, 'false')) };
}
