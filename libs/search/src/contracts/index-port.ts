import type { CallOptions } from './engine.js';
import type { IndexMappings, IndexSettings } from './index-body.js';

export interface IndexStats {
  readonly documents: number;
  /** Deleted, but still on the disk. */
  readonly deletedDocuments: number;
  /** Of the primary shards. */
  readonly sizeInBytes: number;
  readonly searches: number;
  /** Documents written since the shards were opened. */
  readonly writes: number;
}

/** `open`, or `closed`: it keeps its data, and neither reads nor writes reach it. */
export type IndexStatus = 'open' | 'closed' | 'missing';

/** Indices and their settings. `index` is a concrete name or an alias. */
export interface IndexPort {
  indexStatus(index: string, options?: CallOptions): Promise<IndexStatus>;
  /** Adds fields, and replaces what else is given; a field that is there cannot become another. */
  putMapping(
    index: string,
    mappings: Pick<IndexMappings, 'properties'> & Partial<IndexMappings>,
    options?: CallOptions,
  ): Promise<void>;
  /** Dynamic settings at any time, the others while the index is closed; `null` brings the engine's default back. */
  putSettings(index: string, settings: IndexSettings, options?: CallOptions): Promise<void>;
  openIndex(index: string, options?: CallOptions): Promise<void>;
  closeIndex(index: string, options?: CallOptions): Promise<void>;
  indexStats(index: string, options?: CallOptions): Promise<IndexStats>;
  /** One routing for each shard of a concrete index or alias: together they reach every shard. */
  shardRoutings(index: string, options?: CallOptions): Promise<readonly string[]>;
  /** Plug-ins that every node has, by name. Absent where an engine cannot list them: it refuses then what they would bring. */
  plugins?(options?: CallOptions): Promise<readonly string[]>;
  /** Health of the cluster: `red` when some primary shard is missing, `yellow` when some replica is. */
  health(options?: CallOptions): Promise<'green' | 'yellow' | 'red'>;
}
