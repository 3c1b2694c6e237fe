export { instrumentLimiters, type LimiterInstrumentationOptions } from './instrument-limiters.js';
