export { collectLimiterMetrics, type LimiterMetricsOptions } from './limiter-metrics.js';
