import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { writeEnvFile } from './env-file.js';

describe('the file of addresses', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'env-file-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('holds what another command needs, for its owner alone, until it is removed', async () => {
    const file = join(folder, 'demo.env');
    const remove = await writeEnvFile(file, 'http://127.0.0.1:3000', {
      POSTGRES_URL: 'postgres://u:a#b@h/db',
      DEMO_PREFIX: 'demo',
      HOME: '/home/x',
    });
    expect(parseEnv(await readFile(file, 'utf8'))).toEqual({
      POSTGRES_URL: 'postgres://u:a#b@h/db',
      DEMO_PREFIX: 'demo',
      DEMO_URL: 'http://127.0.0.1:3000',
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await remove();
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });

  it('is not written where nobody asked for it', async () => {
    await (
      await writeEnvFile(undefined, 'http://127.0.0.1:3000', {})
    )();
  });
});
