import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith, startOpenSearch } from '../src/index.js';

// The address is not used: it shows that OpenSearch is available here.
describeWith('opensearch', 'an OpenSearch with a data folder', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'opensearch-spec-'));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  const getJson = async (url: string) => (await (await fetch(url)).json()) as { count: number };

  it('still has its documents after a SIGKILL, and in another process later', async () => {
    const server = await startOpenSearch({ dataDir });
    const body = JSON.stringify({ text: 'union' });
    await fetch(`${server.address}/things/_doc/1?refresh=true`, {
      method: 'PUT',
      body,
      headers: { 'content-type': 'application/json' },
    });
    await server.kill();
    await server.restart();
    await expect(getJson(`${server.address}/things/_count`)).resolves.toMatchObject({ count: 1 });
    await server.stop();

    const next = await startOpenSearch({ dataDir });
    await expect(getJson(`${next.address}/things/_count`)).resolves.toMatchObject({ count: 1 });
    await next.stop();
  }, 240_000);
});
