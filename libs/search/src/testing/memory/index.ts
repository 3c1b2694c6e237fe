export { memoryEngine } from './memory-engine.js';
export type { MemoryEngineOptions } from './options.js';
export { plainWords, type Tokenizer } from './words.js';
