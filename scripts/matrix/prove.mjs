// Each row of `combinations.mjs` in turn: made, built, tested and started.
import { proveFirstPage } from './first-pages.mjs';
import { freshApp, templateOf } from './fresh-app.mjs';
import { entryPoints } from './pack.mjs';
import { proveEntryPoints } from './prove-loading.mjs';
import { proveOptions } from './prove-options.mjs';
import { environmentOf, nodeFolder, proveNode10, proveRun } from './prove-run.mjs';

/**
 * @param installs rows of `combinations.mjs`
 * @param servers addresses by name of the variable
 * @returns for each run `{ ...install, ...run, failure? }`; reported as it goes on
 */
export async function prove(folder, installs, libraries, servers, report = console.log) {
  const results = [];
  for (const install of installs) {
    const app = await attempt(() => freshApp(folder, install, libraries));
    for (const row of install.runs) {
      const failure =
        app.failure ??
        (await attempt(async () => proveRun(app.value, install, row, await nodeFolder(folder, row.node), servers)))
          .failure;
      results.push({ ...install, ...row, failure });
      report(`${failure ? 'FAILED' : 'ok    '}  ${describe(install, row)}`);
      if (failure) report(failure);
    }
    if (install.inDetail && !app.failure)
      results.push(...(await proveInDetail(folder, app.value, install, libraries, servers, report)));
    if (!install.node10 || app.failure) continue;
    const { failure } = await attempt(() => proveNode10(app.value, libraries.flatMap(entryPoints)));
    results.push({ ...install, builder: 'tsc, moduleResolution node10', runner: 'types', node: 20, failure });
    report(
      failure
        ? `FAILED  node10\n${failure}`
        : 'ok      module commonjs with moduleResolution node10 finds each entry point',
    );
  }
  return results;
}

/** On the first release of Node that the install is for: these results are no rows of the table. */
async function proveInDetail(folder, app, install, libraries, servers, report) {
  const env = environmentOf(app, await nodeFolder(folder, install.runs[0].node));
  const pages = libraries.map(({ name }) => [
    `first page of ${name} in a new application of Nest ${install.nest}`,
    () => proveFirstPage(app, templateOf(app), name.replace('@rookery/', ''), { ...install, servers, env }),
  ]);
  const options = [`settings of TypeScript for ${install.modules}`, () => proveOptions(app, install, env)];
  const loads = [
    `every entry point, with its optional peers, beside Nest ${install.nest} on Node ${install.runs[0].node}`,
    () => proveEntryPoints(app, libraries.flatMap(entryPoints), env),
  ];
  const results = [];
  for (const [detail, work] of [loads, ...pages, options]) {
    const { failure } = await attempt(work);
    report(`${failure ? 'FAILED' : 'ok    '}  ${detail}`);
    if (failure) report(failure);
    results.push({ ...install, failure, detail });
  }
  return results;
}

const describe = ({ nest, modules, orm, typescript }, { node, builder, runner = 'no spec' }) =>
  `Nest ${nest} ${modules}, MikroORM ${orm}, TypeScript ${typescript}, Node ${node}, ${builder}, ${runner}`;

async function attempt(work) {
  try {
    return { value: await work() };
  } catch (error) {
    return { failure: error.message };
  }
}
