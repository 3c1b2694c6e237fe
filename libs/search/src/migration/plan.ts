import type { DynamicMapping, FieldMapping, IndexSettings, IndexState } from '../contracts/index-body.js';
import { parametersInForce } from '../mapping/field-parameters-in-force.js';
import { conditionIn, hashOf, placementIn, type IndexDefinition } from '../mapping/index-definition.js';
import { canonical } from '../mapping/mapping-hash.js';
import { mappingOptionsInForce } from '../mapping/mapping-options-in-force.js';
import { isStatic } from './static-settings.js';

/** One difference between the index that is there and the model. */
export interface MappingDifference {
  /** `mappings.title`, `settings.index.analysis.filter.stop.type`. */
  readonly path: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly live: unknown;
  readonly wanted: unknown;
  /** Whether a living index accepts it. */
  readonly additive: boolean;
}

/** Path of the difference that no rebuild beside the living index can make: both would be written by the new rule. */
export const PLACEMENT = 'placement';

export const PLACEMENT_REMEDY =
  'Give the new rule an index of another name, fill it with repository.indexAll(), then leave out the old one';

/** What has to be done so that an index fits its model. */
export interface MigrationPlan {
  readonly alias: string;
  /** The index that searches go to; `undefined` when there is none. */
  readonly liveIndex: string | undefined;
  /**
   * `none`: it fits. `create`: there is no index. `additive`: put in place, then documents are written again where
   * they are. `rebuild`: a new index is filled beside the living one.
   */
  readonly action: 'none' | 'create' | 'additive' | 'rebuild';
  readonly differences: readonly MappingDifference[];
}

/** Compares a model with the index behind its alias. Pure. */
export function planOf({ alias, hash, body }: IndexDefinition, live: IndexState | undefined): MigrationPlan {
  if (!live) return { alias, liveIndex: undefined, action: 'create', differences: [] };
  if (hashOf(live.meta) === hash) return { alias, liveIndex: live.index, action: 'none', differences: [] };
  const differences = [
    ...comparePlacement(placementIn(live.meta), placementIn(body.mappings._meta)),
    ...compareConditions(conditionIn(live.meta), conditionIn(body.mappings._meta)),
    ...compareOptions(live.mappings, body.mappings),
    ...compareFields(live.mappings.properties ?? {}, body.mappings.properties, 'mappings'),
    ...compareDynamic(live.mappings.dynamic, body.mappings.dynamic),
    ...compareSettings(live.settings, body.settings),
  ];
  const action = differences.every(({ additive }) => additive) ? 'additive' : 'rebuild';
  return { alias, liveIndex: live.index, action, differences };
}

/** Settings of the model that a living index lacks and accepts. Pure. */
export function settingsToAdd({ body }: IndexDefinition, live: IndexState): IndexSettings {
  const additive = compareSettings(live.settings, body.settings).filter((difference) => difference.additive);
  return Object.fromEntries(additive.map(({ path, wanted }) => [path.slice('settings.'.length), wanted]));
}

/** One line per difference, for people. */
export function describeDifference({ path, change, live, wanted, additive }: MappingDifference): string {
  const effect = additive ? 'put in place' : 'needs a rebuild';
  if (change === 'added') return `+ ${path}: ${JSON.stringify(wanted)} (${effect})`;
  if (change === 'removed') return `- ${path}: ${JSON.stringify(live)} (${effect})`;
  return `~ ${path}: ${JSON.stringify(live)} -> ${JSON.stringify(wanted)} (${effect})`;
}

type Fields = Readonly<Record<string, FieldMapping>>;
type Options = Readonly<Record<string, unknown>>;

function compareFields(live: Fields, wanted: Fields, path: string): MappingDifference[] {
  const names = [...new Set([...Object.keys(live), ...Object.keys(wanted)])].sort();
  return names.flatMap((name): MappingDifference[] => {
    const [there, model, at] = [live[name], wanted[name], `${path}.${name}`];
    if (!there) return [{ path: at, change: 'added', live: undefined, wanted: model, additive: true }];
    if (!model) return [{ path: at, change: 'removed', live: there, wanted: undefined, additive: false }];
    const nested = [
      ...compareFields(there.properties ?? {}, model.properties ?? {}, at),
      ...compareFields(there.fields ?? {}, model.fields ?? {}, `${at}.fields`),
    ];
    const [own, asked] = [parametersInForce(there, model), parametersInForce(model, there)];
    const same = canonical(own) === canonical(asked);
    return same ? nested : [{ path: at, change: 'changed', live: own, wanted: asked, additive: false }, ...nested];
  });
}

/** Documents are under other ids, or on other shards. */
function comparePlacement(live: string | undefined, wanted: string | undefined): MappingDifference[] {
  return live === wanted ? [] : [{ path: PLACEMENT, change: 'changed', live, wanted, additive: false }];
}

/** Other rows have documents, or other elements of collections are in them. */
function compareConditions(live: string | undefined, wanted: string | undefined): MappingDifference[] {
  if (live === wanted) return [];
  const change = live === undefined ? 'added' : wanted === undefined ? 'removed' : 'changed';
  return [{ path: 'condition', change, live, wanted, additive: false }];
}

/** Options of the mapping that are no fields. What an index keeps of each document it has for life; what is left out is not undone in place. */
function compareOptions(liveMapping: Options, wantedMapping: Options): MappingDifference[] {
  const [live, wanted] = [mappingOptionsInForce(liveMapping), mappingOptionsInForce(wantedMapping)];
  const names = [...new Set([...Object.keys(live), ...Object.keys(wanted)])].filter(
    (name) => live[name] !== wanted[name],
  );
  return names.map((name) => ({
    path: `mappings.${name}`,
    change: live[name] === undefined ? 'added' : wanted[name] === undefined ? 'removed' : 'changed',
    live: liveMapping[name],
    wanted: wantedMapping[name],
    additive: !name.startsWith('_') && wantedMapping[name] !== undefined,
  }));
}

function compareDynamic(live: unknown, wanted: DynamicMapping): MappingDifference[] {
  // Given back as text: `"false"`.
  const same = live === wanted || live === `${wanted}`;
  return same ? [] : [{ path: 'mappings.dynamic', change: 'changed', live, wanted, additive: true }];
}

function compareSettings(live: IndexSettings, wanted: IndexSettings): MappingDifference[] {
  const have = flatSettings(live);
  return Object.entries(flatSettings(wanted)).flatMap(([path, value]): MappingDifference[] => {
    const there = have[path];
    if (there !== undefined && canonical(there) === canonical(value)) return [];
    const additive = !isStatic(path);
    return [
      {
        path: `settings.${path}`,
        change: there === undefined ? 'added' : 'changed',
        live: there,
        wanted: value,
        additive,
      },
    ];
  });
}

/** `{ number_of_shards: 1 }` -> `{ 'index.number_of_shards': '1' }`; arrays stay whole. */
export function flatSettings(settings: IndexSettings): Record<string, unknown> {
  const flat: Record<string, unknown> = {};
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [name, inner] of Object.entries(value)) walk(inner, path ? `${path}.${name}` : name);
    } else
      flat[path.startsWith('index.') ? path : `index.${path}`] = Array.isArray(value)
        ? value.map(String)
        : String(value);
  };
  walk(settings, '');
  return flat;
}
