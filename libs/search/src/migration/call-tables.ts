import { CALL_OPTIONS } from '../support/call-options.js';
import {
  aFunction,
  aPositiveNumber,
  aWholeNumber,
  wholeMilliseconds,
  type OptionTable,
} from '../support/option-table.js';
import type { MigrateOptions } from './migration.js';
import type { VerifyOptions } from './verifier.js';

export const VERIFY: OptionTable<VerifyOptions> = { ...CALL_OPTIONS, onProgress: aFunction };

export const MIGRATE: OptionTable<MigrateOptions> = {
  ...CALL_OPTIONS,
  maxDocumentsPerSecond: aPositiveNumber,
  pageSize: aWholeNumber(1),
  drainTimeoutMs: wholeMilliseconds(0),
};
