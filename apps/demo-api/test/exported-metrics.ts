/** Names of labels by metric, as Prometheus' text format shows them. */
export type ExportedMetrics = ReadonlyMap<string, ReadonlySet<string>>;

export function exportedMetrics(text: string): ExportedMetrics {
  const metrics = new Map<string, Set<string>>();
  for (const [, name = '', type] of text.matchAll(/^# TYPE (\w+) (\w+)$/gm))
    for (const suffix of type === 'histogram' ? ['_bucket', '_count', '_sum'] : [''])
      metrics.set(name + suffix, new Set());
  for (const [, name = '', labels = ''] of text.matchAll(/^(\w+)\{(.*)\} \S+$/gm))
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) metrics.get(name)?.add(label);
  return metrics;
}

const OURS = /\b(rookery_\w+)(?:\{([^}]*)\})?/g;

/** @returns our metrics that a PromQL expression names */
export const metricsIn = (expression: string): string[] => [...expression.matchAll(OURS)].map(([, name = '']) => name);

/**
 * @param shown text beside the expression that names labels, `{{index}}` or `$labels.index`
 * @returns each metric and label that is named and not exported
 */
export function notExported(expression: string, shown: string, exported: ExportedMetrics): string[] {
  const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(/,\s*/));
  const told = [...shown.matchAll(/\{\{(\w+)\}\}|\$labels\.(\w+)/g)].map(([, one, other]) => one ?? other ?? '');
  const ungrouped = told.filter((label) => !grouped.includes(label)).map((label) => `{{${label}}} of ${expression}`);
  return [...expression.matchAll(OURS)]
    .flatMap(([, name = '', matchers = '']) => {
      const labels = exported.get(name);
      if (labels === undefined) return [name];
      const matched = [...matchers.matchAll(/(\w+)\s*[=!]/g)].map(([, label = '']) => label);
      return [...matched, ...grouped].filter((label) => !labels.has(label)).map((label) => `${name}{${label}}`);
    })
    .concat(ungrouped);
}
