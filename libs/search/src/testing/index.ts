export { engineContract } from './engine-contract.js';
export type { EngineHarness } from './engine-bench.js';
export { ContractViolation, type ContractCheck } from './contract-check.js';
