import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findJdks } from '../src/java.js';

let scratch: string;
beforeEach(() => (scratch = realpathSync(mkdtempSync(join(tmpdir(), 'java-spec-')))));
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

function jdk(name: string, version: string, programs = ['java', 'javac']): string {
  const bin = join(scratch, name, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const program of programs) {
    writeFileSync(join(bin, program), `#!/bin/sh\necho 'openjdk version "${version}" 2025-01-01' >&2\n`);
    chmodSync(join(bin, program), 0o755);
  }
  return join(scratch, name);
}

describe('findJdks', () => {
  it('prefers what the environment names, then the newest of the system', async () => {
    const system = [jdk('jvm/a', '11.0.2'), jdk('jvm/b', '25'), jdk('jvm/c', '21.0.1')];
    const [own, home, onPath] = [jdk('own', '17.0.1'), jdk('home', '22'), jdk('path', '23.0.1')];
    const env = { OPENSEARCH_JAVA_HOME: own, JAVA_HOME: home, PATH: join(onPath, 'bin') };
    const found = await findJdks(env, [`${scratch}/jvm/*`]);
    expect(found).toEqual([
      { home: own, major: 17 },
      { home, major: 22 },
      { home: onPath, major: 23 },
      { home: system[1], major: 25 },
      { home: system[2], major: 21 },
      { home: system[0], major: 11 },
    ]);
  });

  it('leaves out a runtime without compiler, a broken one, and folders that are not there', async () => {
    jdk('jvm/jre', '21', ['java']);
    jdk('jvm/broken', 'unknown');
    await expect(findJdks({ JAVA_HOME: '/nowhere', PATH: '' }, [`${scratch}/jvm/*`, '/nowhere/*'])).resolves.toEqual(
      [],
    );
  });
});
