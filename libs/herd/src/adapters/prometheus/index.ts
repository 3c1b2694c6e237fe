export { collectHerdMetrics, type HerdMetricsOptions } from './herd-metrics.js';
