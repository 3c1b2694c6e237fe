import type { IndexBody, IndexMappings, IndexSettings } from '../contracts/index-body.js';
import type { TypeInference } from '../contracts/type-inference.js';
import { SearchModelError, type ModelComplaint } from '../errors/model.errors.js';
import { shown } from '../errors/search-error.js';
import { SYNC_MODES } from '../metadata/options.js';
import type { IndexModel } from '../metadata/index-model.js';
import type { ModelReading } from '../metadata/model-reader.js';
import { checkAnalysis } from './analysis-check.js';
import { checkPlugins, pluginsIn, withoutPlugins } from './analysis-plugins.js';
import { checkCopies } from './copy-check.js';
import { withTypes } from './field-types.js';
import { aliasName, concreteName, indexNameProblem } from './index-name.js';
import { MappingBuilder, type Properties } from './mapping-builder.js';
import { mappingHash } from './mapping-hash.js';
import { checkNested } from './nested-check.js';
import { checkSimilarities } from './similarity-check.js';

/** A model with all that its index needs. */
export interface IndexDefinition<T extends object = object> {
  readonly model: IndexModel<T>;
  /** What reads and writes name. */
  readonly alias: string;
  /** Of mapping and settings; the index keeps it in `_meta.rookery.hash`. */
  readonly hash: string;
  /** Plug-ins that every node of the engine has to have. */
  readonly plugins?: readonly string[];
  readonly body: IndexBody;
}

export interface DefinitionOptions {
  readonly prefix?: string | undefined;
  readonly typeInference: TypeInference;
}

/** What the library keeps in `_meta.rookery` of an index. */
interface RookeryMeta {
  readonly hash?: string;
  readonly placement?: string;
  readonly condition?: string;
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

function defineIndex(read: IndexModel, options: DefinitionOptions, complaints: ModelComplaint[]): IndexDefinition {
  const model = { ...read, fields: withTypes(read.fields, options.typeInference) };
  const where = model.entity.name;
  const settings = withoutPlugins({ ...DEFAULT_SETTINGS, ...model.options.settings });
  const properties = propertiesOf(model, new MappingBuilder(options.typeInference, complaints), complaints);
  const { dynamic = 'strict' } = model.options;
  complaints.push(
    ...checkPlugins(model.options.settings, where),
    ...checkAnalysis(properties, model.options.settings ?? {}, where),
    ...checkSimilarities(properties, settings, where),
    ...checkCopies(properties, dynamic, where),
    ...checkNested(properties, dynamic, where),
  );
  const alias = aliasName(options.prefix, model.name);
  complaints.push(...checkOptions(model, settings, alias));
  const mappings: IndexMappings = {
    dynamic,
    ...model.options.mapping,
    ...(model.routing ? { _routing: { required: true } } : {}),
    properties,
  };
  const { hash, meta } = marksOf(model, mappings, settings);
  const body = { settings, mappings: { ...mappings, _meta: { rookery: meta } } };
  return { model, alias, hash, plugins: pluginsIn(model.options.settings), body };
}

/** What identifies an index. */
function marksOf(
  model: IndexModel,
  mappings: IndexMappings,
  settings: IndexSettings,
): { readonly hash: string; readonly meta: RookeryMeta } {
  const placement = placementOf(model);
  const condition = model.condition?.label;
  const decided = { ...(placement ? { placement } : {}), ...(condition ? { condition } : {}) };
  const hash = mappingHash(mappings, settings, ...[placement, condition && { condition }].filter(Boolean));
  return { hash, meta: { hash, ...decided } };
}

function checkOptions(
  { entity, routing, options }: IndexModel,
  settings: IndexSettings,
  alias: string,
): ModelComplaint[] {
  const complaints: ModelComplaint[] = [];
  const complain = (problem: string, remedy: string) => complaints.push({ where: entity.name, problem, remedy });
  const { sync, mapping } = options;
  if (sync !== undefined && !SYNC_MODES.includes(sync))
    complain(`has sync ${shown(sync)}`, `Set @Indexed({ sync }) to one of ${SYNC_MODES.join(', ')}, or leave it out`);
  if (routing && partitioned(settings))
    complain(
      'has `routing` and the setting `routing_partition_size`, under which a document that moves cannot be found',
      'Leave out one of them',
    );
  const kept = mapping?.['_source'] as Readonly<Record<string, unknown>> | undefined;
  if (kept && ('includes' in kept || 'excludes' in kept))
    complain(
      'has a mapping whose `_source` keeps only a part of each document, which then always differs from its row',
      'Leave fields out by query().source(…), or all by _source: { enabled: false }',
    );
  const problem = indexNameProblem(alias);
  if (problem) complain(`the index name '${alias}' ${problem}`, 'Change @Indexed({ name }) or the `prefix`');
  return complaints;
}

function propertiesOf(
  { entity, fields, options }: IndexModel,
  builder: MappingBuilder,
  complaints: ModelComplaint[],
): Properties {
  const own = builder.properties(fields, entity.name);
  const added = builder.added(options.properties ?? {}, entity.name);
  for (const [name, mapping] of Object.entries(added)) {
    if (!own[name]) continue;
    const problem = `is mapped twice: as \`${own[name].type}\` by @SearchField, as \`${mapping.type}\` by @Indexed({ properties })`;
    complaints.push({ where: `${entity.name}.${name}`, problem, remedy: 'Keep one, or give one another name' });
  }
  return { ...own, ...added };
}

function partitioned(settings: IndexSettings): boolean {
  return ['routing_partition_size', 'index.routing_partition_size'].some((name) => Number(settings[name] ?? 1) > 1);
}

/** Where documents are to be found, if not by primary key alone. An index that was filled by another rule does not fit. */
function placementOf({ identity: { property, prefix, suffix }, primaryKey, routing }: IndexModel): string | undefined {
  const plain = property === primaryKey && prefix === '' && suffix === '' && !routing;
  return plain ? undefined : `id ${prefix}{${property}}${suffix}${routing ? `, routing ${routing.label}` : ''}`;
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
  return (meta['rookery'] as RookeryMeta | undefined)?.hash;
}

/** How the documents of an index were placed; `undefined` for the primary key alone. */
export function placementIn(meta: Readonly<Record<string, unknown>> | undefined): string | undefined {
  return (meta?.['rookery'] as RookeryMeta | undefined)?.placement;
}

/** Which rows have documents in an index; `undefined` for all. */
export function conditionIn(meta: Readonly<Record<string, unknown>> | undefined): string | undefined {
  return (meta?.['rookery'] as RookeryMeta | undefined)?.condition;
}
