import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { controlServers, type OwnServer } from './control.js';
import { installPackages, mayInstall } from './installer.js';
import { runForeground, runToEnd, untilStopped } from './lifecycle.js';
import { missingMessage } from './missing-message.js';
import { progressReporter, reportLine } from './reporter.js';
import { ServiceError } from './service-error.js';
import { chosenServices, type ServiceName } from './service-names.js';
import { findMissing, startServices, wantedPackages } from './services.js';

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));

/** Installs what is missing where that is allowed, and prints so; what is still missing then is named in one message. */
async function supply(names: ServiceName[], extraPackages: string[]): Promise<ServiceName[]> {
  let missing = await findMissing(names);
  const packages = [...new Set([...missing.values()].flatMap((error) => error.packages).concat(extraPackages))];
  if (packages.length > 0 && mayInstall()) {
    reportLine(`Installing ${packages.join(' ')} with apt-get (ROOKERY_NO_INSTALL=1 forbids it)`);
    await installPackages(packages).catch((error: Error) => reportLine(error.message));
    missing = await findMissing(names);
  }
  if (missing.size > 0) reportLine(missingMessage(missing));
  return names.filter((name) => !missing.has(name));
}

const start = (names: ServiceName[]) => startServices(names, { report: progressReporter() });

async function services(): Promise<number> {
  const names = await supply(chosenServices(), []);
  if (names.length === 0) return 1;
  const addresses = await start(names);
  for (const [variable, address] of Object.entries(addresses)) console.log(`export ${variable}=${address}`);
  reportLine('Ctrl-C ends them all.');
  return untilStopped();
}

async function test(args: string[]): Promise<number> {
  const chosen = chosenServices();
  const addresses = await start(await supply(chosen, wantedPackages(chosen)));
  const options = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', '--max-old-space-size=2048'];
  return runForeground(
    process.execPath,
    [...options, join(PROJECT, 'node_modules/jest/bin/jest.js'), ...args],
    addresses,
  );
}

/** Without a bound the heap grows with the machine; the demo needs less than 100 MB of it, also while it loads. */
const DEMO_MEMORY = ['--max-semi-space-size=16', '--max-old-space-size=192'];

async function demo(args: string[]): Promise<number> {
  const needed: ServiceName[] = ['postgres', 'opensearch', 'memcached'];
  const available = await supply(needed, []);
  if (available.length < needed.length) return 1;
  const optional: ServiceName[] = (await findMissing(['redis'])).size > 0 ? [] : ['redis'];
  const folder = join(PROJECT, '.rookery');
  const own: OwnServer[] = [];
  const addresses = await startServices([...available, ...optional], {
    dataDir: folder,
    report: progressReporter(),
    onServer: (server) => own.push(server),
  });
  // `npm run search` reads it.
  const env = {
    ...addresses,
    DEMO_ENV_FILE: join(folder, 'demo.env'),
    DEMO_FAULTS: process.env['DEMO_FAULTS'] ?? 'on',
  };
  return runForeground(process.execPath, [...DEMO_MEMORY, join(PROJECT, 'apps/demo-api/dist/main.js'), ...args], env, {
    apart: true,
    answer: controlServers(own),
  });
}

const COMMANDS: Record<string, (args: string[]) => Promise<number>> = { services, test, demo };

const [name = '', ...args] = process.argv.slice(2);
await runToEnd(async () => {
  const command = COMMANDS[name];
  if (!command) throw new ServiceError(`usage: cli ${Object.keys(COMMANDS).join(' | ')} (got ${name || 'nothing'})`);
  return command(args);
});
