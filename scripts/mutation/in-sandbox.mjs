// Resolves our own packages to Stryker's sandbox, where their mutants are: node_modules there leads out of it.
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const LIBS = new URL('../../libs', import.meta.url).href;
const COUNTS = 'function stryCov_9fa48() {';

/**
 * @param {string} sandbox the folder of the sandbox.
 * @param {() => number} loads how often our own files were loaded before; Node loads them again by another address.
 */
export function resolveIn(sandbox, loads) {
  const own = pathToFileURL(join(sandbox, 'libs')).href;
  return registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const url = found.url.startsWith(`${LIBS}/`) ? found.url.replace(LIBS, own) : found.url;
      return { ...found, url: url.startsWith(`${own}/`) ? `${url.replace(/\?.*/, '')}?${loads()}` : url };
    },
  });
}

/** Makes the mutated files count no coverage, which takes most of their time. */
export function countNothing() {
  return registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      const mutated = String(loaded.source).includes(COUNTS);
      return mutated ? { ...loaded, source: String(loaded.source).replace(COUNTS, `${COUNTS}return;`) } : loaded;
    },
  });
}
