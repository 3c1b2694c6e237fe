import { execFile } from 'node:child_process';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../../../..');
const TESTS = join(import.meta.dirname, '..');
const NO_TEST = 'no test has this name';
/** Nothing runs, so no request is sent: what needs a server is named all the same. */
const NOWHERE = Object.fromEntries(
  ['POSTGRES_URL', 'MARIADB_URL', 'OPENSEARCH_URL', 'OPENSEARCH2_URL'].map((name) => [name, 'http://127.0.0.1:9']),
);

interface Collected {
  readonly testResults: readonly Readonly<{
    name: string;
    assertionResults: readonly Readonly<{ fullName: string }>[];
  }>[];
}

/** The full names of the tests of specs, each below `test/`, as Jest collects them; none of them runs. */
export async function testNames(specs: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const options = ['--json', '--testNamePattern', NO_TEST, '--maxWorkers=1', '--runTestsByPath'];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...flags, jest, ...options, ...specs.map((spec) => join(TESTS, spec))],
    { cwd: ROOT, env: { ...process.env, ...NOWHERE }, maxBuffer: 64 * 1024 * 1024 },
  );
  const { testResults } = JSON.parse(stdout) as Collected;
  return new Map(
    testResults.map(({ name, assertionResults }) => [
      relative(TESTS, name),
      assertionResults.map(({ fullName }) => fullName),
    ]),
  );
}
