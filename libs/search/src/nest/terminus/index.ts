export { SearchHealthIndicator, type SearchHealthOptions } from './search.health-indicator.js';
