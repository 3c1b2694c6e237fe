export { LimiterHealthIndicator } from './limiter.health-indicator.js';
