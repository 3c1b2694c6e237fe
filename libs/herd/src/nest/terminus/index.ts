export { HerdHealthIndicator } from './herd.health-indicator.js';
export type { HerdHealthOptions } from './herd.health-indicator.js';
