import type { IndexBody, IndexSettings } from '../contracts/index-body.js';
import type { TypeInference } from '../contracts/type-inference.js';
import { SearchModelError, type ModelComplaint } from '../errors/model.errors.js';
import { shown } from '../errors/search-error.js';
import { SYNC_MODES } from '../metadata/options.js';
import type { IndexModel } from '../metadata/index-model.js';
import type { ModelReading } from '../metadata/model-reader.js';
import { checkAnalysis } from './analysis-check.js';
import { checkCopies } from './copy-check.js';
import { aliasName, concreteName, indexNameProblem } from './index-name.js';
import { MappingBuilder } from './mapping-builder.js';
import { mappingHash } from './mapping-hash.js';
import { checkSimilarities } from './similarity-check.js';

/** A model with all that its index needs. */
export interface IndexDefinition<T extends object = object> {
  readonly model: IndexModel<T>;
  /** What reads and writes name. */
  readonly alias: string;
  /** Of mapping and settings; the index keeps it in `_meta.rookery.hash`. */
  readonly hash: string;
  readonly body: IndexBody;
}

export interface DefinitionOptions {
  readonly prefix?: string | undefined;
  readonly typeInference: TypeInference;
}

const DEFAULT_SETTINGS: IndexSettings = Object.freeze({
  // A delete leaves a tombstone with its version: as long as it lives, a late older write cannot revive the document.
  'index.gc_deletes': '1h',
  'index.auto_expand_replicas': '0-1',
});

/** Judges the whole model. @throws SearchModelError with every complaint of reading and mapping together. */
export function defineIndices(reading: ModelReading, options: DefinitionOptions): IndexDefinition[] {
  const complaints: ModelComplaint[] = [...reading.complaints];
  const definitions = reading.models.map((model) => defineIndex(model, options, complaints));
  if (complaints.length > 0) throw new SearchModelError(distinct(complaints));
  return definitions;
}

function defineIndex(model: IndexModel, options: DefinitionOptions, complaints: ModelComplaint[]): IndexDefinition {
  const where = model.entity.name;
  const settings = { ...DEFAULT_SETTINGS, ...model.options.settings };
  const properties = new MappingBuilder(options.typeInference, complaints).properties(model.fields, where);
  complaints.push(...checkAnalysis(properties, settings, where), ...checkSimilarities(properties, settings, where), ...checkCopies(properties, model.options.dynamic ?? 'strict', where));
  const { sync } = model.options;
  if (sync !== undefined && !SYNC_MODES.includes(sync)) complaints.push({ where, problem: `has sync ${shown(sync)}`, remedy: `Set @Indexed({ sync }) to one of ${SYNC_MODES.join(', ')}, or leave it out` });
  const alias = aliasName(options.prefix, model.name);
  const problem = indexNameProblem(alias);
  if (problem) complaints.push({ where, problem: `the index name '${alias}' ${problem}`, remedy: 'Change @Indexed({ name }) or the `prefix`' });
  const mappings = { dynamic: model.options.dynamic ?? 'strict', properties } as const;
  const hash = mappingHash(mappings, settings);
  const _meta = { rookery: { hash } };
  return { model, alias, hash, body: { settings, mappings: { ...mappings, _meta } } };
}

/** An entity in several indices is complained of in each. */
function distinct(complaints: readonly ModelComplaint[]): ModelComplaint[] {
  return [...new Map(complaints.map((complaint) => [`${complaint.where}: ${complaint.problem}`, complaint])).values()];
}

/** The first concrete index of a definition. */
export function firstIndexOf({ alias, hash }: IndexDefinition): string {
  return concreteName(alias, 1, hash);
}

/** The hash that an index was made with; `undefined` when another program made it. */
export function hashOf(meta: Readonly<Record<string, unknown>>): string | undefined {
  return (meta['rookery'] as { hash?: string } | undefined)?.hash;
}
