import type { IndexSettings } from '../contracts/index-body.js';
import { shown } from '../errors/search-error.js';
import type { ModelComplaint } from '../errors/model.errors.js';

/** Analyzers that OpenSearch's own analysis plug-ins bring. */
const BROUGHT: Readonly<Record<string, readonly string[]>> = {
  'analysis-icu': ['icu_analyzer'],
  'analysis-kuromoji': ['kuromoji'],
  'analysis-nori': ['nori'],
  'analysis-phonetic': [],
  'analysis-smartcn': ['smartcn'],
  'analysis-stempel': ['polish'],
  'analysis-ukrainian': ['ukrainian'],
};

type Settings = IndexSettings | undefined;

function given(settings: Settings): unknown {
  return (settings?.['analysis'] as { plugins?: unknown } | undefined)?.plugins;
}

/** The plug-ins that `settings.analysis.plugins` names. */
export function pluginsIn(settings: Settings): readonly string[] {
  const plugins = given(settings);
  return Array.isArray(plugins) ? plugins.filter((name): name is string => typeof name === 'string') : [];
}

export function pluginOf(analyzer: string): string | undefined {
  return Object.keys(BROUGHT).find((plugin) => BROUGHT[plugin]!.includes(analyzer));
}

/** Whether a plug-in that is named may bring it: what one of another maker brings is unknown. `true` stands for any. */
export function broughtByPlugin(settings: IndexSettings, name: string): boolean {
  if (given(settings) === true) return true;
  return pluginsIn(settings).some((plugin) => BROUGHT[plugin]?.includes(name) ?? true);
}

/** The settings as the engine reads them: it has no `analysis.plugins`. */
export function withoutPlugins(settings: IndexSettings): IndexSettings {
  if (!Array.isArray(given(settings))) return settings;
  const without = (settings: object, name: string): IndexSettings =>
    Object.fromEntries(Object.entries(settings).filter(([setting]) => setting !== name));
  const analysis = without(settings['analysis'] as object, 'plugins');
  const others = without(settings, 'analysis');
  return Object.keys(analysis).length > 0 ? { ...others, analysis } : others;
}

export function checkPlugins(settings: Settings, where: string): ModelComplaint[] {
  const plugins = given(settings);
  const named = Array.isArray(plugins) && plugins.every((name) => typeof name === 'string' && name !== '');
  if (plugins === undefined || typeof plugins === 'boolean' || named) return [];
  const remedy = "Name them in a list: settings: { analysis: { plugins: ['analysis-icu'] } }";
  return [{ where, problem: `has the analysis plug-ins ${shown(plugins)}`, remedy }];
}
