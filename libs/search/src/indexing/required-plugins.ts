import type { SearchEngine } from '../contracts/engine.js';
import { SearchModelError } from '../errors/model.errors.js';
import type { IndexDefinition } from '../mapping/index-definition.js';

/** @throws SearchModelError naming each plug-in of the model that not every node has. */
export async function requirePlugins(
  engine: Pick<SearchEngine, 'name' | 'plugins'>,
  { model, plugins = [] }: Pick<IndexDefinition, 'model' | 'plugins'>,
): Promise<void> {
  if (plugins.length === 0 || !engine.plugins) return;
  const installed = await engine.plugins();
  const missing = plugins.filter((name) => !installed.includes(name));
  if (missing.length === 0) return;
  throw new SearchModelError(
    missing.map((name) => ({
      where: model.entity.name,
      problem: `needs the plug-in '${name}', which not every node of ${engine.name} has`,
      remedy: `Run \`opensearch-plugin install ${name}\` on each and restart it, or use an analyzer that is built in (it has: ${installed.join(', ') || 'none'})`,
    })),
  );
}
