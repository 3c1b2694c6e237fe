import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './find-program.js';
import { guard } from './guard.js';
import { ServiceError } from './service-error.js';

/** Debian runs this program to decide whether a package may start its service; 101 forbids it. */
const POLICY_FILE = '/usr/sbin/policy-rc.d';
const FORBID = '#!/bin/sh\n# Written while rookery installs test servers, removed afterwards.\nexit 101\n';

/** Whether packages may be installed: Debian or Ubuntu, as root, and not forbidden by `ROOKERY_NO_INSTALL`. */
export function mayInstall(env: NodeJS.ProcessEnv = process.env): boolean {
  const forbidden = !['', '0', 'false', undefined].includes(env['ROOKERY_NO_INSTALL']);
  return (
    !forbidden && process.getuid?.() === 0 && existsSync('/etc/debian_version') && findProgram('apt-get') !== undefined
  );
}

/** Installs Debian packages without letting them start their own services on the standard ports. */
export async function installPackages(packages: readonly string[], policyFile: string = POLICY_FILE): Promise<void> {
  await withServicesForbidden(policyFile, async () => {
    const install = ['install', '--yes', '--no-install-recommends', ...packages];
    // The package lists are absent from most images, and stale on most machines.
    const failure = (await aptGet(install)) && ((await aptGet(['update'])) || (await aptGet(install)));
    if (failure) throw new ServiceError(`apt-get could not install ${packages.join(' ')}:\n${failure}`);
  });
}

async function withServicesForbidden(policyFile: string, work: () => Promise<void>): Promise<void> {
  const saved = `${policyFile}.rookery-saved`;
  const present = existsSync(policyFile);
  const release = guard(present ? { restore: { from: saved, to: policyFile } } : { folder: policyFile });
  try {
    if (present) await rename(policyFile, saved);
    await writeFile(policyFile, FORBID);
    await chmod(policyFile, 0o755);
    await work();
  } finally {
    await (present ? rename(saved, policyFile) : rm(policyFile, { force: true }));
    release();
  }
}

/** Runs to its end whatever happens to this process: an interrupted dpkg would break the machine. @returns the end of its output when it failed. */
async function aptGet(args: string[]): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'rookery-apt-'));
  const releaseFolder = guard({ folder });
  const log = join(folder, 'apt.log');
  try {
    const output = openSync(log, 'w');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const child = spawn('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], {
      env,
      detached: true,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    const release = child.pid === undefined ? () => {} : guard({ pid: child.pid, signal: 'wait' });
    const code = await new Promise<number | string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (exitCode, signal) => resolve(exitCode ?? signal!));
    });
    release();
    if (code === 0) return undefined;
    return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-15).join('\n') || `apt-get ended with ${code}`;
  } finally {
    await rm(folder, { recursive: true, force: true });
    releaseFolder();
  }
}
