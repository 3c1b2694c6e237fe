export { openSearch } from './open-search.engine.js';
export type { OpenSearchOptions } from './options.js';
