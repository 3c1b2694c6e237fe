export { engineContract } from './engine-contract.js';
export type { EngineFeature, EngineHarness } from './engine-bench.js';
export { ContractViolation, type ContractCheck } from './contract-check.js';
export type * from '../contracts/engine.js';
export type * from '../contracts/document-port.js';
export type * from '../contracts/index-body.js';
export type * from '../contracts/index-port.js';
export type * from '../contracts/task-port.js';
export { memoryEngine, plainWords, type MemoryEngineOptions, type Tokenizer } from './memory/index.js';
