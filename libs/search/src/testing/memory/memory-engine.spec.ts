import { engineContract, ContractViolation } from '../index.js';
import { SearchOptionError } from '../../errors/option-error.js';
import { SearchUnclaimedError } from '../../errors/engine.errors.js';
import type { IndexMappings } from '../../contracts/index-body.js';
import { memoryEngine } from './memory-engine.js';
import { plainWords } from './words.js';

const unclaimed = ['scripts', 'documentsPerSecond'] as const;

describe('the memory engine keeps the contract', () => {
  const engine = memoryEngine();
  for (const { name, run } of engineContract({ engine, prefix: 'memory', unclaimed })) it(name, run);
});
