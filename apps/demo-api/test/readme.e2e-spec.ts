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

      it('has examples', () => {
        expect(EXAMPLES.length).toBeGreaterThanOrEqual(7);
        expect(MODES.map(([mode]) => mode)).toEqual(['words', 'fuzzy', 'phrase', 'near', 'query']);
      });

      it.each(EXAMPLES)(
        'shows the answer of %s',
        async (command, json) => {
          const line = command.replace(/^curl /, `${curl} --silent `).replaceAll(ADDRESS, demo.url);
          const { stdout } = await promisify(execFile)('/bin/sh', ['-c', line], { timeout: 10_000 });
          expect(differences(JSON.parse(json), JSON.parse(stdout))).toEqual([]);
        },
        20_000,
      );

      it.each(MODES)('counts what mode=%s finds', async (mode, total) => {
        expect((await new DemoClient(demo.url).search({ q: 'bonded debt', mode })).body.total).toBe(total);
      });
    });
  });
});
