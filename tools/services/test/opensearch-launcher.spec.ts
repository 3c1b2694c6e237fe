import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenSearchLauncher } from '../src/opensearch-launcher.js';

let scratch: string;
let jars: string;
const jdk = () => ({ home: join(scratch, 'jdk'), major: 25 });

/** A JDK whose `javac` writes nothing, and whose `jar` prints that it ran. */
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'launcher-spec-'));
  jars = join(scratch, 'jars');
  mkdirSync(join(scratch, 'jdk/bin'), { recursive: true });
  tool('java', '');
  tool('javac', 'sleep 0.1');
  tool('jar', `echo jar >> ${scratch}/ran; touch "$3"`);
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

function tool(name: string, script: string): void {
  const file = join(scratch, 'jdk/bin', name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

const inCache = () => readdirSync(scratch).filter((name) => name.startsWith('jars'));
const archivesTo = (launch: readonly string[]): string =>
  launch.find((argument) => argument.startsWith('-XX:ArchiveClassesAtExit='))!.split('=')[1]!;

describe('the launcher of OpenSearch', () => {
  it('is compiled once per JDK, also by two at once, and again for a JDK that was updated', async () => {
    await Promise.all([1, 2, 3].map(() => OpenSearchLauncher.compiled(jars, jdk())));
    const [folder] = inCache();
    expect(inCache()).toHaveLength(1);
    expect(readdirSync(join(scratch, folder!))).toEqual(['launcher.jar']);
    tool('javac', 'exit 1');
    await OpenSearchLauncher.compiled(jars, jdk());
    utimesSync(join(scratch, 'jdk/bin/java'), 1, 1);
    await expect(OpenSearchLauncher.compiled(jars, jdk())).rejects.toThrow('javac');
    expect(inCache()).toEqual([folder]);
  });

  it('runs on the archive of the classes that one life has loaded', async () => {
    const launcher = await OpenSearchLauncher.compiled(jars, jdk());
    expect(launcher.isTrained).toBe(false);
    const plain = launcher.launch({ archived: true });
    expect(plain[0]).toBe('-cp');
    await launcher.train((launch) => {
      expect(launch.slice(1)).toEqual(plain);
      writeFileSync(archivesTo(launch), 'classes');
      return Promise.resolve();
    });
    const again = await OpenSearchLauncher.compiled(jars, jdk());
    expect(again.isTrained).toBe(true);
    expect(again.launch({ archived: true })).toEqual([
      `-XX:SharedArchiveFile=${join(scratch, inCache()[0]!, 'classes.jsa')}`,
      ...plain,
    ]);
    expect(again.launch({ archived: false })).toEqual(plain);
  });

  it('is trained once where the JDK archives nothing', async () => {
    const launcher = await OpenSearchLauncher.compiled(jars, jdk());
    await launcher.train(() => Promise.resolve());
    expect(launcher.isTrained).toBe(true);
    expect(launcher.launch({ archived: true })[0]).toBe('-cp');
  });

  it('keeps nothing of a life that failed', async () => {
    const launcher = await OpenSearchLauncher.compiled(jars, jdk());
    const life = launcher.train((launch) => {
      writeFileSync(archivesTo(launch), 'half');
      return Promise.reject(new Error('it did not start'));
    });
    await expect(life).rejects.toThrow('it did not start');
    expect(launcher.isTrained).toBe(false);
    expect(readdirSync(join(scratch, inCache()[0]!))).toEqual(['launcher.jar']);
  });
});
