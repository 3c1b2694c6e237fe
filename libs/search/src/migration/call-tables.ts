import { CALL_OPTIONS } from '../support/call-options.js';
import {
  aFunction,
  aPositiveNumber,
  aWholeNumber,
  wholeMilliseconds,
  type OptionTable,
} from '../support/option-table.js';
import { aRowScope } from '../rows/row-scope.js';
import type { MigrateOptions } from './migration-options.js';
import type { VerifyOptions } from './drift-repair.js';
import { aVerifyMode } from './verify-mode.js';

export const VERIFY: OptionTable<VerifyOptions> = {
  ...CALL_OPTIONS,
  where: aRowScope,
  documents: aFunction,
  onProgress: aFunction,
};

export const MIGRATE: OptionTable<MigrateOptions> = {
  ...CALL_OPTIONS,
  maxDocumentsPerSecond: aPositiveNumber,
  pageSize: aWholeNumber(1),
  drainTimeoutMs: wholeMilliseconds(0),
  maxUnbuildable: aWholeNumber(0),
  verify: aVerifyMode,
};
