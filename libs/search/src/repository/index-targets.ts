import type { IndexDefinition } from '../mapping/index-definition.js';
import type { IndexAdmin } from './index-admin.js';

/** Where writes of a definition go now, read anew for each batch. Waits for the index to be there. */
export interface IndexTargets {
  of(definition: IndexDefinition): Promise<readonly string[]>;
}

/** Writes go to the alias, which stands for one index. */
export class AliasTargets implements IndexTargets {
  constructor(
    private readonly admin: IndexAdmin,
    private readonly createIndices: boolean,
  ) {}

  async of(definition: IndexDefinition): Promise<readonly string[]> {
    if (this.createIndices) await this.admin.ensure(definition);
    return [definition.alias];
  }
}
