export { openSearch } from './open-search.engine.js';
export type { OpenSearchOptions } from './options.js';
export type { BreakerOptions } from './circuit-breaker.js';
export type * from '../../contracts/engine.js';
export type * from '../../contracts/document-port.js';
export type * from '../../contracts/index-body.js';
export type * from '../../contracts/index-port.js';
export type * from '../../contracts/task-port.js';
