export { openTelemetryTraceContext, type TraceContextOptions } from './trace-context.js';
export { instrumentSearch, type SearchInstrumentationOptions } from './instrument-search.js';
