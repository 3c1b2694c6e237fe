export { SearchHealthIndicator, type CheckedSearch, type SearchHealthOptions } from './search.health-indicator.js';
export type { CallOptions } from '../../contracts/engine.js';
export type { Backlog } from '../../sync/outbox-backlog.js';
