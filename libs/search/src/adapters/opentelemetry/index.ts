export { instrumentSearch, type SearchInstrumentationOptions } from './instrument-search.js';
