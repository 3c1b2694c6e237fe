import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LIBRARY = fileURLToPath(new URL('../dist/index.js', import.meta.url));
const JEST = fileURLToPath(new URL('../../../node_modules/jest/bin/jest.js', import.meta.url));

describe('describeWith', () => {
  const folder = mkdtempSync(join(tmpdir(), 'describe-with-'));
  writeFileSync(
    join(folder, 'one.test.mjs'),
    `import { describeWith } from '${LIBRARY}';
     describeWith('redis', 'the suite', (address) => { it('has ' + address, () => { expect(address).toBe(process.env.REDIS_URL); }); });`,
  );
  const config = JSON.stringify({
    rootDir: folder,
    cacheDirectory: join(folder, 'cache'),
    testMatch: ['**/*.test.mjs'],
    transform: {},
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const jest = (env: NodeJS.ProcessEnv) =>
    new Promise<string>((resolve) => {
      const args = ['--experimental-vm-modules', JEST, '--config', config, '--verbose'];
      execFile(
        process.execPath,
        args,
        { env: { ...process.env, REDIS_URL: '', CI: '', ...env } },
        (_error, stdout, stderr) => resolve(stdout + stderr),
      );
    });

  it('runs the suite with the address', async () => {
    await expect(jest({ REDIS_URL: 'redis://here:1' })).resolves.toContain('✓ has redis://here:1');
  });

  it('skips it with one loud line where there is none', async () => {
    const output = await jest({});
    expect(output).toContain(
      '!!! SKIPPED "the suite": REDIS_URL is not set: run "npm test", which starts redis, or set it',
    );
    expect(output).toContain('1 skipped');
  });

  it('fails there in CI', async () => {
    const output = await jest({ CI: 'true' });
    expect(output).toMatch(/✕ needs redis[^]*REDIS_URL is not set/);
    expect(output).toContain('1 failed');
  });
});
