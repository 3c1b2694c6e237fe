import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { installPackages, mayInstall } from '../src/installer.js';

let scratch: string;
let policy: string;
const path = process.env['PATH'];

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'installer-spec-'));
  policy = join(scratch, 'policy-rc.d');
  process.env['PATH'] = scratch + delimiter + path;
});

afterEach(() => {
  process.env['PATH'] = path;
  rmSync(scratch, { recursive: true, force: true });
});

/** An apt-get that notes its arguments and whether services may start, then obeys `script`. */
function aptGet(script: string): void {
  writeFileSync(
    join(scratch, 'apt-get'),
    `#!/bin/sh\n"${policy}" memcached start; echo "$? $*" >>"${scratch}/calls"\n${script}\n`,
  );
  chmodSync(join(scratch, 'apt-get'), 0o755);
}

const calls = () => readFileSync(join(scratch, 'calls'), 'utf8').trimEnd().split('\n');

describe('installing packages', () => {
  it('forbids their services to start meanwhile, and lets them again afterwards', async () => {
    aptGet('exit 0');
    await installPackages(['memcached', 'redis-server'], policy);
    expect(calls()).toEqual([
      expect.stringMatching(/^101 .* install --yes --no-install-recommends memcached redis-server$/),
    ]);
    expect(existsSync(policy)).toBe(false);
  });

  it('puts the policy back that was there before', async () => {
    writeFileSync(policy, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    aptGet('exit 0');
    await installPackages(['memcached'], policy);
    expect(calls()[0]).toMatch(/^101 /);
    expect(readFileSync(policy, 'utf8')).toBe('#!/bin/sh\nexit 0\n');
  });

  it('refreshes the package lists when a package is unknown, and tries once more', async () => {
    aptGet(`[ "$(wc -l <"${scratch}/calls")" -ge 2 ]`);
    await installPackages(['memcached'], policy);
    expect(calls().map((call) => /(install|update)/.exec(call)?.[1])).toEqual(['install', 'update', 'install']);
  });

  it('reports the error of apt-get when it fails', async () => {
    aptGet('echo "E: Unable to locate package memcached"; exit 100');
    await expect(installPackages(['memcached'], policy)).rejects.toThrow(
      /could not install memcached:\nE: Unable to locate package/,
    );
    expect(existsSync(policy)).toBe(false);
  });

  it('is forbidden by ROOKERY_NO_INSTALL', () => {
    expect(mayInstall({ ROOKERY_NO_INSTALL: '1' })).toBe(false);
  });
});
