export { documentRateLimits } from './document-rate-limits.js';
