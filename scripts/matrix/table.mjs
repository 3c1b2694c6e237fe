const heads = ['Nest', 'Modules', 'MikroORM', 'TypeScript', 'Built by', 'Tested by', 'Node'];

/** The runs that passed as a table of Markdown; equal rows on several releases of Node are one. */
export function tableOf(results, { ormVersions }) {
  const rows = new Map();
  const ofRuns = results.filter(({ detail }) => detail === undefined);
  for (const { nest, modules, orm, typescript, builder, runner, vmModules, node } of ofRuns) {
    const tested = vmModules ? 'Jest, `--experimental-vm-modules`' : named[runner];
    const cells = [nest, modules === 'cjs' ? 'CommonJS' : 'ES modules', ormVersions[orm], typescript, builder, tested];
    const key = JSON.stringify(cells);
    rows.set(key, [...(rows.get(key) ?? []), node]);
  }
  const lines = [...rows].map(([cells, nodes]) => line([...JSON.parse(cells), nodes.join(', ')]));
  return [line(heads), line(heads.map(() => '---')), ...lines].join('\n');
}

const named = { jest: 'Jest with ts-jest', vitest: 'Vitest', types: 'types alone', undefined: 'started alone' };
const line = (cells) => `| ${cells.join(' | ')} |`;
