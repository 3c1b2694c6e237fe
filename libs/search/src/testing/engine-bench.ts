import type { BulkOperation, BulkOutcome, SearchEngine } from '../contracts/engine.js';
import type { IndexBody } from '../contracts/index-body.js';

/** What an engine may declare that it does not do: it then refuses it by name, and the suite looks that it does. */
export type EngineFeature = 'scripts' | 'documentsPerSecond';

/** How the suite reaches the engine under test. */
export interface EngineHarness {
  readonly engine: SearchEngine;
  /** What the engine does not claim to do; all is claimed when absent. */
  readonly unclaimed?: readonly EngineFeature[];
  /** Before the names of all indices that the suite makes: lower case, letters, digits and `-`. */
  readonly prefix: string;
}

const BODY: IndexBody = {
  settings: { 'index.number_of_shards': 2, 'index.number_of_replicas': 0 },
  mappings: { dynamic: 'strict', properties: { word: { type: 'keyword' }, n: { type: 'integer' } } },
};

/** One index of a check, behind an alias, with two shards. */
export class EngineBench {
  /** What reads and writes name. */
  readonly alias: string;
  readonly index: string;

  constructor(
    readonly engine: SearchEngine,
    name: string,
  ) {
    this.alias = name;
    this.index = `${name}-v1`;
  }

  async create(): Promise<'created' | 'exists'> {
    return this.engine.createIndex(this.index, { ...BODY, aliases: { [this.alias]: { is_write_index: true } } });
  }

  write(id: string, source: object, version: number): BulkOperation {
    return { action: 'index', index: this.alias, id, source: JSON.stringify(source), version };
  }

  remove(id: string, version: number): BulkOperation {
    return { action: 'delete', index: this.alias, id, version };
  }

  /** Writes `{ word, n }` for `n` from 0, with `w<n>` as id, and makes them visible. */
  async fill(count: number): Promise<readonly BulkOutcome[]> {
    const outcomes = await this.engine.bulk(
      Array.from({ length: count }, (_, n) => this.write(`w${n}`, { word: n % 2 ? 'odd' : 'even', n }, 1)),
    );
    await this.engine.refresh(this.alias);
    return outcomes;
  }

  /** What became of each operation, in their order. */
  async outcomes(operations: readonly BulkOperation[]): Promise<string[]> {
    return (await this.engine.bulk(operations)).map(({ outcome }) => outcome);
  }

  async source(id: string): Promise<unknown> {
    return (await this.engine.get(this.alias, id))?.source;
  }
}
