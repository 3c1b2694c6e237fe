import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fetchJars } from '../src/opensearch-jars.js';
import { lineFor } from '../src/opensearch-line.js';

let scratch: string;
const saved = { PATH: process.env['PATH'], XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] };

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'jars-spec-'));
  process.env['XDG_CACHE_HOME'] = join(scratch, 'cache');
  process.env['PATH'] = scratch + delimiter + saved.PATH;
});

afterEach(() => {
  process.env['PATH'] = saved.PATH;
  if (saved.XDG_CACHE_HOME === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = saved.XDG_CACHE_HOME;
  rmSync(scratch, { recursive: true, force: true });
});

/** A Maven that runs `script`, in which `$out` is the requested folder. */
function maven(script: string): void {
  const file = join(scratch, 'mvn');
  writeFileSync(file, `#!/bin/sh\nfor a; do case $a in -DoutputDirectory=*) out=\${a#*=};; esac; done\n${script}\n`);
  chmodSync(file, 0o755);
}

const inCache = () => readdirSync(join(scratch, 'cache/rookery'));

describe('the jars of OpenSearch', () => {
  it('are fetched once, with progress', async () => {
    const progress: string[] = [];
    const report = (line: string) => progress.push(line);
    maven(
      'mkdir -p $out; echo "[INFO] Downloaded from central: x.jar (1.5 MB at 3.0 MB/s)"; echo "[INFO] Downloaded from central: y.jar (600 kB at 3.0 MB/s)"; touch $out/x.jar',
    );
    const folder = await fetchJars('3.x', report);
    expect(readdirSync(folder)).toEqual(['x.jar']);
    expect(progress.at(-1)).toBe('fetching OpenSearch 3.x from Maven Central: 2 files, 2 MB');
    maven('exit 1');
    await expect(fetchJars('3.x', report)).resolves.toBe(folder);
  });

  it('survive two fetches at once: each sees a whole folder, and one remains', async () => {
    maven('mkdir -p $out; touch $out/a.jar; sleep 0.3; touch $out/b.jar');
    const folders = await Promise.all([1, 2, 3].map(() => fetchJars('3.x', () => {})));
    expect(new Set(folders).size).toBe(1);
    expect(readdirSync(folders[0]!)).toEqual(['a.jar', 'b.jar']);
    expect(inCache()).toHaveLength(1);
  });

  it('are not left half fetched by a failure, which shows what Maven said', async () => {
    maven('mkdir -p $out; touch $out/a.jar; echo "[INFO] noise"; echo "[ERROR] central is away"; exit 1');
    await expect(fetchJars('2.x', () => {})).rejects.toThrow(
      'Maven could not fetch OpenSearch 2.x:\n  [ERROR] central is away',
    );
    expect(inCache()).toEqual([]);
  });
});

describe('the line of OpenSearch', () => {
  const jdk = (major: number) => ({ home: `/jdk-${major}`, major });

  it.each([
    [undefined, [17, 25, 21], '3.x', 25],
    [undefined, [11, 17], '2.x', 17],
    ['2.x', [11, 17, 25], '2.x', 17],
  ] as const)('for %s among JDKs %j is %s on %i', (asked, majors, line, major) => {
    expect(lineFor(asked, majors.map(jdk))).toEqual({ line, jdk: jdk(major) });
  });

  it('names the JDKs found and the remedy when none is new enough', () => {
    expect(() => lineFor(undefined, [jdk(11)])).toThrow(
      /JDK of 17 or later, 21 for 3\.x \(found: 11;.*install default-jdk-headless/,
    );
    expect(() => lineFor('3.x', [jdk(17)])).toThrow(/JDK of 21 or later/);
  });
});
