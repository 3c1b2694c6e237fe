export type { Backlogged } from './backlog-gauges.js';
export { collectSearchMetrics, type SearchMetricsOptions } from './search-metrics.js';
