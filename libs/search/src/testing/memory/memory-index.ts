import type { BulkOperation, BulkOutcome, ConditionalOperation, DocumentPlace } from '../../contracts/engine.js';
import type { IndexBody, IndexMappings, IndexSettings, IndexState } from '../../contracts/index-body.js';
import type { IndexStats } from '../../contracts/index-port.js';
import { memoryAnalysis, type MemoryAnalysis } from './analysis.js';
import { withDynamicFields } from './dynamic-mapping.js';
import { MemoryFields } from './field.js';
import { DocumentReader } from './indexed-document.js';
import { checkAnalysis, checkMappings } from './mapping-check.js';
import { mergedMappings } from './mapping-merge.js';
import { refused } from './refusals.js';
import { asText, flatSettings, intervalMs, isStatic } from './settings.js';
import { PRIMARY_TERM, type StoredDocument, type Tombstone } from './stored.js';
import { changedSource } from './update.js';
import type { Tokenizer } from './words.js';

/** One concrete index. What is written is read at once by its id, and searched after a refresh. */
export class MemoryIndex {
  readonly aliases = new Map<string, { readonly isWriteIndex: boolean }>();
  readonly shards: number;
  status: 'open' | 'closed' = 'open';
  private body: { mappings: IndexMappings; settings: IndexSettings };
  private reading!: { fields: MemoryFields; analysis: MemoryAnalysis; reader: DocumentReader };
  private readonly live = new Map<string, StoredDocument | Tombstone>();
  private seen: readonly StoredDocument[] = [];
  private refreshedAt: number;
  private changed = false;
  private nextSeqNo = 0;
  private figures = { writes: 0, searches: 0 };

  /** @param now epoch milliseconds @throws SearchUnclaimedError for what of the body is not carried out */
  constructor(
    readonly name: string,
    { mappings, settings, aliases = {} }: IndexBody,
    private readonly analyzers: Readonly<Record<string, Tokenizer>>,
    private readonly now: () => number,
  ) {
    this.body = { mappings, settings: flatSettings(settings) };
    this.shards = Number(this.body.settings['index.number_of_shards']);
    this.refreshedAt = now();
    this.readBy(mappings);
    checkAnalysis(this.reading.fields, mappings, this.reading.analysis);
    for (const [alias, { is_write_index = false }] of Object.entries(aliases))
      this.aliases.set(alias, { isWriteIndex: is_write_index === true });
  }

  get fields(): MemoryFields {
    return this.reading.fields;
  }

  get analysis(): MemoryAnalysis {
    return this.reading.analysis;
  }

  state(): IndexState {
    const { mappings, settings } = structuredClone(this.body);
    return {
      index: this.name,
      aliases: [...this.aliases.keys()],
      meta: mappings._meta ?? {},
      mappings,
      settings: asText(settings),
    };
  }

  stats(): IndexStats {
    const documents = [...this.live.values()].filter(isStored);
    const sizeInBytes = documents.reduce((sum, { source }) => sum + Buffer.byteLength(source), 0);
    return { documents: documents.length, deletedDocuments: 0, sizeInBytes, ...this.figures };
  }

  putMapping(added: Pick<IndexMappings, 'properties'> & Partial<IndexMappings>): void {
    const mappings = mergedMappings(this.body.mappings, structuredClone(added));
    checkAnalysis(new MemoryFields(mappings), mappings, this.reading.analysis);
    this.readBy(mappings);
  }

  putSettings(changes: IndexSettings): void {
    const flat = flatSettings(changes, {});
    const fixed = Object.keys(flat).filter((name) => isStatic(name) && this.status === 'open');
    if (fixed.length > 0)
      throw refused(
        'illegal_argument_exception',
        `Can't update non dynamic settings [[${fixed.join(', ')}]] for open indices [[${this.name}]]`,
      );
    const settings = Object.entries({ ...this.body.settings, ...flat }).filter(([, value]) => value !== null);
    this.body = { ...this.body, settings: flatSettings(Object.fromEntries(settings)) };
    this.readBy(this.body.mappings);
  }

  /** What searches see now. */
  visible(): readonly StoredDocument[] {
    const everyMs = intervalMs(this.body.settings['index.refresh_interval']);
    if (everyMs !== undefined && this.now() - this.refreshedAt >= everyMs) this.refresh();
    this.figures.searches += 1;
    return this.seen;
  }

  refresh(): void {
    if (this.changed) this.seen = [...this.live.values()].filter(isStored);
    this.changed = false;
    this.refreshedAt = this.now();
  }

  shardOf({ id, routing = id }: DocumentPlace): number {
    let hash = 0x811c9dc5;
    for (const byte of Buffer.from(routing)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    return ((hash ^ (hash >>> 15)) >>> 0) % this.shards;
  }

  /** One routing for each shard, in their order. */
  routings(): readonly string[] {
    const found = new Map<number, string>();
    for (let next = 0; found.size < this.shards; next += 1) {
      const shard = this.shardOf({ id: '', routing: String(next) });
      if (!found.has(shard)) found.set(shard, String(next));
    }
    return [...found].sort(([a], [b]) => a - b).map(([, routing]) => routing);
  }

  get(place: DocumentPlace): StoredDocument | undefined {
    this.assertRouted(place);
    const found = this.live.get(this.keyOf(place));
    return found && isStored(found) ? found : undefined;
  }

  /** @throws SearchEngineError, of the status 409 where the document is another one than it was to be */
  write(operation: BulkOperation): Exclude<BulkOutcome['outcome'], 'failed'> | 'unchanged' {
    this.assertRouted(operation);
    this.assertNotBlocked();
    const before = this.live.get(this.keyOf(operation));
    if (!('version' in operation) || operation.version === undefined) return this.writeNext(operation, before);
    if (before && before.version >= operation.version) return 'superseded';
    if (operation.action === 'delete') return this.remove(operation, operation.version);
    return this.put(operation, operation.source, operation.version);
  }

  private writeNext(
    operation: ConditionalOperation,
    before: StoredDocument | Tombstone | undefined,
  ): 'written' | 'deleted' | 'absent' | 'unchanged' {
    const stored = before && isStored(before) ? before : undefined;
    this.assertUnchanged(operation, stored);
    const version = (before?.version ?? 0) + 1;
    if (operation.action === 'delete') return this.remove(operation, version);
    if (operation.action === 'index') return this.put(operation, operation.source, version);
    if (operation.action === 'create') {
      if (stored) throw conflict(operation.id, `document already exists (current version [${stored.version}])`);
      return this.put(operation, operation.source, version);
    }
    const source = changedSource(operation, stored?.source);
    return source === undefined ? 'unchanged' : this.put(operation, source, version);
  }

  private put(place: DocumentPlace, source: string, version: number): 'written' {
    const { mappings, document } = this.parsed(place.id, source);
    if (mappings !== this.body.mappings) this.readBy(mappings);
    const indexed = this.reading.reader.read(document);
    const { id, routing } = place;
    this.keep(place, {
      index: this.name,
      id,
      routing,
      shard: this.shardOf(place),
      version,
      seqNo: this.nextSeqNo++,
      source,
      indexed,
    });
    this.figures.writes += 1;
    return 'written';
  }

  private parsed(id: string, source: string): { mappings: IndexMappings; document: object } {
    let document: unknown;
    try {
      document = JSON.parse(source);
    } catch (error) {
      throw refused('mapper_parsing_exception', `failed to parse document '${id}': ${String(error)}`);
    }
    if (typeof document !== 'object' || document === null)
      throw refused('mapper_parsing_exception', `document '${id}' is no object`);
    const mappings = withDynamicFields(this.body.mappings, document);
    // Nothing is kept of the mapping that a refused document would bring.
    if (mappings !== this.body.mappings) new DocumentReader(new MemoryFields(mappings), this.analysis).read(document);
    return { mappings, document };
  }

  private remove(place: DocumentPlace, version: number): 'deleted' | 'absent' {
    const before = this.live.get(this.keyOf(place));
    this.keep(place, { version });
    this.nextSeqNo += 1;
    return before && isStored(before) ? 'deleted' : 'absent';
  }

  /** As the last one: without an order, documents come as they were written. */
  private keep(place: DocumentPlace, document: StoredDocument | Tombstone): void {
    const key = this.keyOf(place);
    this.live.delete(key);
    this.live.set(key, document);
    this.changed = true;
  }

  private assertNotBlocked(): void {
    if (String(this.body.settings['index.blocks.write']) !== 'true') return;
    throw refused('cluster_block_exception', `index [${this.name}] blocked by: [FORBIDDEN/8/index write (api)];`, 403);
  }

  private assertUnchanged(operation: BulkOperation, stored: StoredDocument | undefined): void {
    if (!('ifSeqNo' in operation) || operation.ifSeqNo === undefined) return;
    if (stored?.seqNo === operation.ifSeqNo && operation.ifPrimaryTerm === PRIMARY_TERM) return;
    const current = stored ? `current document has seqNo [${stored.seqNo}]` : 'no document was found';
    throw conflict(operation.id, `required seqNo [${operation.ifSeqNo}]. ${current}`);
  }

  private assertRouted({ id, routing }: DocumentPlace): void {
    if (routing === undefined && this.body.mappings._routing?.required)
      throw refused('routing_missing_exception', `routing is required for [${this.name}]/[${id}]`);
  }

  private keyOf(place: DocumentPlace): string {
    return `${this.shardOf(place)}/${place.id}`;
  }

  private readBy(mappings: IndexMappings): void {
    checkMappings(mappings);
    const fields = new MemoryFields(mappings);
    const analysis = memoryAnalysis(this.body.settings, this.analyzers);
    this.body = { ...this.body, mappings };
    this.reading = { fields, analysis, reader: new DocumentReader(fields, analysis) };
  }
}

function isStored(document: StoredDocument | Tombstone): document is StoredDocument {
  return 'source' in document;
}

function conflict(id: string, reason: string) {
  return refused('version_conflict_engine_exception', `[${id}]: version conflict, ${reason}`, 409);
}
