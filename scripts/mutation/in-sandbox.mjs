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

const COUNT = /stryCov_9fa48\([^)]*\)/g;
const SWITCH = /stryMutAct_9fa48\("\d+"\)/g;
const AFTER_HEADER = /(?<=^function stryMutAct_9fa48[^]*?^})/m;

/**
 * Leaves in each file only the mutants that can be meant: the others, and the counts of coverage, take most of the time.
 *
 * @param {string} sandbox the folder of the sandbox.
 * @param {() => string} mutated the path of the file whose mutants are switched.
 */
export function lighten(sandbox, mutated) {
  const own = ownLibs(sandbox);
  const read = new Map();
  return registerHooks({
    load(url, context, next) {
      if (!url.startsWith(`${own}/`)) return next(url, context);
      const path = fileURLToPath(url);
      if (!read.has(path)) read.set(path, formsOf(next(url, context)));
      const { switched, plain } = read.get(path);
      return { ...(path === mutated() ? switched : plain), shortCircuit: true };
    },
  });
}

function formsOf(loaded) {
  const [header, ...body] = String(loaded.source).split(AFTER_HEADER);
  const switched = body.join('').replace(COUNT, '0');
  return {
    switched: { ...loaded, source: header + switched },
    plain: { ...loaded, source: header + switched.replace(SWITCH, 'false') },
  };
}
