export { instrumentHerds, type HerdInstrumentationOptions } from './instrument-herds.js';
