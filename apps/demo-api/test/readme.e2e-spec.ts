import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeWith, describeWithProgram } from '@rookery/services';
import { ADDRESS_COUNT } from '../src/data/read-addresses.js';
import { deleteIndices, type DemoUnderTest, ownEnvironment, startDemoUnderTest } from './demo-under-test.js';
import { DemoClient } from './http.js';
import { differences } from './shortened.js';

const README = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
const ADDRESS = 'http://127.0.0.1:3000';

/** Each curl line, with the JSON that is shown below it. */
const EXAMPLES = [...README.matchAll(/```sh\n(curl [^\n]+)\n```\n\n```json\n([^]+?)```/g)].map(
  ([, command, json]) => [command!, json!] as const,
);
/** Each `curl -i` line, with the head of the answer that is shown below it. */
const HEADS = [...README.matchAll(/```sh\n(curl -i [^\n]+)\n```\n\n```\n(HTTP[^]+?)\n(?:…\n)?\n/g)].map(
  ([, command, head]) => [command!, head!.split('\n')] as const,
);
/** Each row of the table of modes. */
const MODES = [...README.matchAll(/^\| `(\w+)`[^|]*\|[^|]+\| (\d+) \|$/gm)].map(
  ([, mode, total]) => [mode!, Number(total)] as const,
);

describeWith('postgres', 'the README', (postgres) => {
  describeWith('opensearch', 'of the demo', (opensearch) => {
    describeWithProgram('curl', 'by curl', (curl) => {
      let demo: DemoUnderTest;

      beforeAll(async () => {
        const env = ownEnvironment({ postgres, opensearch, memcached: '127.0.0.1:9' });
        demo = await startDemoUnderTest({ ...env, EDITS: 'open', DEMO_ADDRESSES: String(ADDRESS_COUNT) });
      }, 120_000);

      afterAll(async () => {
        await demo?.remove();
        if (demo !== undefined) await deleteIndices(demo.env);
      }, 30_000);

      const run = async (command: string): Promise<string> => {
        const line = command.replace(/^curl /, `${curl} --silent `).replaceAll(ADDRESS, demo.url);
        return (await promisify(execFile)('/bin/sh', ['-c', line], { timeout: 10_000, maxBuffer: 10e6 })).stdout;
      };

      it('has examples', () => {
        expect(EXAMPLES.length).toBeGreaterThanOrEqual(7);
        expect(HEADS.length).toBe(2);
        expect(MODES.map(([mode]) => mode)).toEqual(['words', 'fuzzy', 'phrase', 'near', 'query']);
      });

      it.each(EXAMPLES)(
        'shows the answer of %s',
        async (command, json) => {
          expect(differences(JSON.parse(json), JSON.parse(await run(command)))).toEqual([]);
        },
        20_000,
      );

      it.each(HEADS)('shows headers of the answer of %s', async (command, head) => {
        const [answered] = (await run(command)).split('\r\n\r\n');
        expect(answered!.split('\r\n')).toEqual(expect.arrayContaining([...head]));
      });

      it.each(MODES)('counts what mode=%s finds', async (mode, total) => {
        expect((await new DemoClient(demo.url).search({ q: 'bonded debt', mode })).body.total).toBe(total);
      });
    });
  });
});
