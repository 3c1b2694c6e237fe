import type { CallOptions, SearchEngine } from '../contracts/engine.js';
import { documentIdOf } from '../document/document-builder.js';
import { SearchOptionError } from '../errors/option-error.js';
import { assertAllWritten, EMPTY_REPORT, mergeReports } from '../indexing/bulk-report.js';
import type { DocumentPublisher } from '../indexing/document-publisher.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import { clauseBuilder, type Clause, type ClauseBuilder } from '../query/clauses/clause.js';
import { FieldCatalog } from '../query/field-catalog.js';
import { RequestCompiler } from '../query/request-compiler.js';
import { EMPTY_REQUEST } from '../query/request.js';
import type { Wire } from '../query/wire-value.js';
import type { EntityReader, PrimaryKey, RowScope } from '../rows/entity-reader.js';
import { callOptionsOf } from '../support/call-options.js';
import { countInScope, type RowConditions } from '../rows/row-scope.js';
import type { DriftedDocument } from './drift.js';
import type { Verifier } from './verifier.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- of any entity, where the index is given by name
export interface VerifyOptions<T extends object = any> extends CallOptions {
  /**
   * Only these rows and their documents: `{ tenant: 7 }`, `{ id: { $gte: 1000, $lt: 2000 } }`. A document whose row is
   * gone belongs to no rows, so it is not looked at.
   */
  readonly where?: RowConditions<T>;
  /**
   * Which documents are those of `where`: those of them without any row are orphaned.
   *
   * @example { where: { tenant: 7 }, documents: (q) => q.term('tenant', 7) }
   */
  readonly documents?: (query: ClauseBuilder<T>) => Clause;
  /** Receives the number of rows and documents compared so far. */
  readonly onProgress?: (done: number) => void;
}

export interface RepairResult {
  readonly missing: number;
  readonly orphaned: number;
  readonly outdated: number;
}

interface DriftRepairParts {
  readonly engine: Pick<SearchEngine, 'refresh'>;
  readonly reader: Pick<EntityReader, 'count'>;
  readonly verifier: Pick<Verifier, 'drift'>;
  readonly publisher: Pick<DocumentPublisher, 'publish'>;
}

const PAGE_SIZE = 500;

/** Finds what differs between an index and the database, and writes exactly that. */
export class DriftRepair {
  constructor(private readonly parts: DriftRepairParts) {}

  /** @param call `verify` or `repair`, as messages name it */
  async *drift(
    call: string,
    definition: IndexDefinition,
    { where, documents, ...options }: VerifyOptions = {},
  ): AsyncGenerator<DriftedDocument> {
    const { engine, reader, verifier } = this.parts;
    const scope = where as RowScope | undefined;
    if (documents !== undefined && scope === undefined)
      throw new SearchOptionError([
        {
          option: `${call}.documents`,
          requirement: 'needs where: without it all documents are looked at',
          received: documents,
        },
      ]);
    const query = documents && compiled(definition, documents);
    if (scope !== undefined) await countInScope(`${call}.where`, reader, definition.model, scope);
    await engine.refresh(definition.alias, options);
    yield* verifier.drift(definition, definition.alias, { ...options, scope, documents: query });
  }

  async repair(definition: IndexDefinition, options: VerifyOptions = {}): Promise<RepairResult> {
    const call = callOptionsOf(options);
    const counts = { missing: 0, orphaned: 0, outdated: 0 };
    let keys: PrimaryKey[] = [];
    let report = EMPTY_REPORT;
    const write = async (): Promise<void> => {
      const written = await this.parts.publisher.publish(definition, keys, call);
      if (written.unavailable) assertAllWritten(written);
      report = mergeReports(report, written);
      keys = [];
    };
    for await (const { key, drift, reason = '' } of this.drift('repair', definition, options)) {
      if (drift === 'unbuildable') {
        const id = documentIdOf(definition.model, key);
        const failure = { id, index: definition.alias, status: 0, type: drift, reason, retryable: false };
        report = mergeReports(report, { ...EMPTY_REPORT, failures: [failure] });
        continue;
      }
      counts[drift] += 1;
      if (keys.push(key) >= PAGE_SIZE) await write();
    }
    if (keys.length > 0) await write();
    assertAllWritten(report);
    return counts;
  }
}

/** @throws SearchQueryError for a clause that the index cannot answer */
function compiled(definition: IndexDefinition, documents: NonNullable<VerifyOptions['documents']>): Wire {
  const compiler = new RequestCompiler(new FieldCatalog(definition));
  const filter = [documents(clauseBuilder())];
  return compiler.count({ ...EMPTY_REQUEST, parts: { filter } })['query'] as Wire;
}
