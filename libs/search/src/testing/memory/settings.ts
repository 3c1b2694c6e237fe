import type { IndexSettings } from '../../contracts/index-body.js';
import { parseDuration } from '../../support/duration.js';
import { textOf } from './text.js';

const DEFAULTS: IndexSettings = { 'index.number_of_shards': '1', 'index.number_of_replicas': '1' };

/** These need the index to be closed, or are for good. */
const STATIC = /^index\.(analysis\b|codec|number_of_shards|sort\b|routing_partition_size|knn$|similarity\b)/;

export function isStatic(name: string): boolean {
  return STATIC.test(name);
}

/** Names with `index.` before them; what is an object stays one under the name of its group. */
export function flatSettings(settings: IndexSettings, defaults: IndexSettings = DEFAULTS): IndexSettings {
  return { ...defaults, ...Object.fromEntries(flat(settings, '')) };
}

function flat(settings: IndexSettings, prefix: string): [string, unknown][] {
  return Object.entries(settings).flatMap(([name, value]): [string, unknown][] => {
    const whole = `${prefix}${name}`;
    const path = whole === 'index' || whole.startsWith('index.') ? whole : `index.${whole}`;
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return flat(value as IndexSettings, `${path}.`);
    return [[path, value]];
  });
}

/** As the engine shows them. */
export function asText(settings: IndexSettings): IndexSettings {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : String(value)]),
  );
}

/** The settings below a group such as `index.analysis`, as the object that they were. */
export function groupOf(settings: IndexSettings, group: string): Readonly<Record<string, unknown>> {
  const root: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(settings)) {
    if (!path.startsWith(`${group}.`)) continue;
    const names = path.slice(group.length + 1).split('.');
    const last = names.pop()!;
    let at = root;
    for (const name of names) at = (at[name] ??= {}) as Record<string, unknown>;
    at[last] = value;
  }
  return root;
}

/** Milliseconds from one refresh to the next; `undefined` where there is none but by call. */
export function intervalMs(setting: unknown): number | undefined {
  if (setting === undefined) return 1_000;
  return textOf(setting) === '-1' ? undefined : parseDuration(setting);
}
