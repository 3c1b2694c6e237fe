/**
 * The folders of each library in order: each imports only folders before it, type-only imports included.
 * Read by `.dependency-cruiser.cjs`, `eslint.folders.js` and the proof; drawn in ARCHITECTURE.md.
 */
const FIRST = ['contracts', 'errors', 'support'];

const LIBRARIES = {
  herd: { pure: ['router', 'codec', 'discovery'], overTime: ['pool', 'cache', 'cluster'] },
  limiter: { pure: ['algorithm', 'headers'], overTime: ['storage', 'service'] },
  search: {
    pure: ['metadata', 'mapping', 'document', 'query'],
    overTime: ['rows', 'indexing', 'repository', 'database', 'capture', 'sync', 'migration', 'service'],
  },
};

/** Every folder of `library` but `adapters`, `nest` and `testing`, in order. */
const orderOf = (library) => [...FIRST, ...LIBRARIES[library].pure, ...LIBRARIES[library].overTime];

/** Where files of `library` may lie. */
const placesOf = (library) => [
  `libs/${library}/src/index.ts`,
  ...[...orderOf(library), 'adapters/*', 'nest', 'testing'].map((folder) => `libs/${library}/src/${folder}/**`),
];

module.exports = { FIRST, LIBRARIES, orderOf, placesOf };
