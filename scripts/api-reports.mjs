// The public surface of each entry point, written down in etc/ by API Extractor: `npm run api` writes the reports,
// `npm run check:api` fails where one is out of date, or mentions a type that its entry point does not export.
import { readFile } from 'node:fs/promises';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';

const root = join(import.meta.dirname, '..');
const writes = process.argv.includes('--write');
const scratch = mkdtempSync(join(tmpdir(), 'rookery-api-'));
const complaints = [];

try {
  const expected = new Set();
  for (const manifest of globSync('libs/*/package.json', { cwd: root }).sort()) {
    const library = manifest.split('/')[1];
    const named = new Set(); // By the main entry point, which stands first: an import from there names the type.
    for (const [path, declarations] of await entryPoints(join(root, manifest))) {
      const name = path === '.' ? 'index' : path.slice(2).replaceAll('/', '-');
      const report = join('etc', library, `${name}.api.md`);
      expected.add(report);
      const text = reportOf(library, name, declarations, named);
      if (path === '.') for (const exported of exportsOf(text)) named.add(exported);
      compare(report, text);
    }
  }
  for (const stray of globSync('etc/**/*.api.md', { cwd: root }).filter((file) => !expected.has(file))) {
    if (writes) rmSync(join(root, stray));
    else complaints.push(`${stray}: this entry point is gone; run npm run api`);
  }
  for (const complaint of complaints) console.error(complaint);
  if (complaints.length > 0) process.exitCode = 1;
  else console.log(`${expected.size} API reports ${writes ? 'written' : 'are up to date'}.`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** @returns each subpath of a package's exports, with its declarations. */
async function entryPoints(manifest) {
  const { exports } = JSON.parse(await readFile(manifest, 'utf8'));
  const found = Object.entries(exports).filter(([, target]) => typeof target === 'object');
  return found.map(([path, target]) => [path, target.types ?? target.import?.types]);
}

function exportsOf(report) {
  const declared = /^export (?:declare )?(?:abstract )?(?:class|interface|type|const|function|enum) (\w+)/gm;
  return [...report.matchAll(declared)].map(([, name]) => name);
}

function reportOf(library, name, declarations, named) {
  const folder = join(root, 'libs', library);
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: join(folder, declarations),
      compiler: { tsconfigFilePath: join(folder, 'tsconfig.json') },
      newlineKind: 'lf',
      apiReport: {
        enabled: true,
        reportFolder: scratch,
        reportTempFolder: join(scratch, 'temp'),
        reportFileName: name,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.None },
          'ae-forgotten-export': { logLevel: ExtractorLogLevel.Error, addToApiReportFile: false },
        },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
    configObjectFullPath: join(folder, 'api-extractor.json'),
    packageJsonFullPath: join(folder, 'package.json'),
  });
  Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      message.handled = true;
      const symbol = /"(\w+)"/.exec(message.text)?.[1];
      if (message.logLevel !== ExtractorLogLevel.Error || named.has(symbol)) return;
      complaints.push(`libs/${library} ${name}: ${message.text}`);
    },
  });
  return readFileSync(join(scratch, `${name}.api.md`), 'utf8');
}

function compare(report, text) {
  const file = join(root, report);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (before === text) return;
  if (!writes) return complaints.push(`${report} is not what the code exports; look at the change and run npm run api`);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
}
