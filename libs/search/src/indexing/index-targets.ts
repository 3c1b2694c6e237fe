import type { BulkFailure } from '../contracts/bulk-failure.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { IndexAdmin } from './index-admin.js';

/** One index that writes go to. */
export interface WriteTarget {
  /** A name that is an alias: a late write to a deleted index then fails instead of creating it. */
  readonly index: string;
  /** `shadow`: not searched now. What it refuses does not count against a document. */
  readonly role: 'live' | 'shadow';
  /** Makes a document fit for this index; it is written as it is when absent. */
  readonly fit?: (document: object) => object;
}

/** Where writes of a definition go now, read anew for each batch. Waits for the index to be there. */
export interface IndexTargets {
  of(definition: IndexDefinition): Promise<readonly WriteTarget[]>;
  /** Waits for the index to be there for searches. */
  ready(definition: IndexDefinition): Promise<void>;
  /** A shadow refused documents for good. */
  shadowRefused?(definition: IndexDefinition, failures: readonly BulkFailure[]): Promise<void>;
}

/** Writes go to the alias, which stands for one index. */
export class AliasTargets implements IndexTargets {
  constructor(
    private readonly admin: IndexAdmin,
    private readonly createIndices: boolean,
  ) {}

  async ready(definition: IndexDefinition): Promise<void> {
    if (this.createIndices) await this.admin.ensure(definition);
  }

  async of(definition: IndexDefinition): Promise<readonly WriteTarget[]> {
    await this.ready(definition);
    return [{ index: definition.alias, role: 'live' }];
  }
}
