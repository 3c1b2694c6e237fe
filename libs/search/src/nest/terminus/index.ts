export { SearchHealthIndicator, type SearchHealthOptions } from './search.health.js';
