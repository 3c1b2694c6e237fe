// Resolves our own packages to Stryker's sandbox, where their mutants are: node_modules there leads out of it.
const { registerHooks } = require('node:module');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

const LIBS = pathToFileURL(join(__dirname, '../../libs')).href;

/**
 * @param {string} sandbox the folder of the sandbox.
 * @param {() => number} loads how often our own files were loaded before; Node loads them again by another address.
 */
exports.resolveIn = (sandbox, loads) => {
  const own = pathToFileURL(join(sandbox, 'libs')).href;
  return registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const url = found.url.startsWith(`${LIBS}/`) ? found.url.replace(LIBS, own) : found.url;
      return { ...found, url: url.startsWith(`${own}/`) ? `${url.replace(/\?.*/, '')}?${loads()}` : url };
    },
  });
};

/** Makes the mutated files count no coverage, which takes most of their time. */
exports.countNothing = () =>
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      const mutated = String(loaded.source).includes(COUNTS);
      return mutated ? { ...loaded, source: String(loaded.source).replace(COUNTS, `${COUNTS}return;`) } : loaded;
    },
  });

const COUNTS = 'function stryCov_9fa48() {';
