// Jest's resolver: `./file.js` of our own sources is `./file.ts`. A `moduleNameMapper` would look for both in each package, for each suite anew.
const { existsSync } = require('node:fs');
const { resolve, sep } = require('node:path');

const PACKAGES = `${sep}node_modules${sep}`;

module.exports = (path, options) => {
  if (/^\.{1,2}\/.*\.js$/.test(path) && !options.basedir.includes(PACKAGES)) {
    const source = resolve(options.basedir, path.replace(/\.js$/, '.ts'));
    if (existsSync(source)) return source;
  }
  return options.defaultResolver(path, options);
};
