import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeWith, type RunningServer, startMemcached } from '@rookery/services';
import { parse } from 'yaml';
import { deleteIndices, type DemoUnderTest, ownEnvironment, startDemoUnderTest } from './demo-under-test.js';
import { exportedMetrics, type ExportedMetrics, metricsIn, notExported } from './exported-metrics.js';
import { DemoClient } from './http.js';
import { until } from './until.js';

type Dashboard = Readonly<{
  panels: readonly Readonly<{ title: string; targets?: readonly Readonly<{ expr: string; legendFormat: string }>[] }>[];
}>;
type Rules = Readonly<{
  groups: readonly Readonly<{ rules: readonly Readonly<{ alert: string; expr: string; annotations: object }>[] }>[];
}>;

const read = (file: string) => readFile(join(import.meta.dirname, '../../../docs/observability', file), 'utf8');

describeWith('postgres', 'the dashboard and the alert rules', (postgres) => {
  describeWith('opensearch', 'over the metrics of the demo', (opensearch) => {
    describeWith('memcached', 'with a node that is lost', () => {
      let node: RunningServer;
      let demo: DemoUnderTest;
      let exported: ExportedMetrics;
      let text: string;

      beforeAll(async () => {
        node = await startMemcached();
        demo = await startDemoUnderTest({
          ...ownEnvironment({ postgres, opensearch, memcached: node.address }),
          LIMITER_STORAGE: 'memcached',
        });
        const client = new DemoClient(demo.url);
        await client.search({ q: 'union' });
        await client.address(1);
        await client.change(1, { party: 'Whig' });
        await node.kill();
        const metrics = async () => {
          await client.address(1);
          return (await fetch(`${demo.url}/metrics`)).text();
        };
        const counted = ['rookery_sync_lag_seconds_count{', 'rookery_herd_ejections_total{', 'storage_errors_total{'];
        text = await until(metrics, (now) => counted.every((name) => now.includes(name)));
        exported = exportedMetrics(text);
      }, 90_000);

      afterAll(async () => {
        await demo?.remove();
        if (demo !== undefined) await deleteIndices(demo.env);
        await node?.stop();
      }, 30_000);

      it('show metrics and labels that are exported, and all of ours', async () => {
        const { panels } = JSON.parse(await read('dashboard.json')) as Dashboard;
        const targets = panels.flatMap((panel) => panel.targets ?? []);
        expect(targets.flatMap((target) => notExported(target.expr, target.legendFormat, exported))).toEqual([]);
        const shown = targets
          .flatMap(({ expr }) => metricsIn(expr))
          .map((name) => name.replace(/_(bucket|count)$/, ''));
        const ours = [...text.matchAll(/^# TYPE (rookery_\w+) /gm)].map(([, name]) => name);
        expect([...new Set(shown)].sort()).toEqual(ours.sort());
      });

      it('warn about metrics and labels that are exported', async () => {
        const rules = (parse(await read('alerts.yml')) as Rules).groups.flatMap((group) => group.rules);
        expect(rules.length).toBeGreaterThan(5);
        const wrong = rules.flatMap(({ expr, annotations }) =>
          notExported(expr, JSON.stringify(annotations), exported),
        );
        expect(wrong).toEqual([]);
        expect(rules.filter(({ expr }) => metricsIn(expr).length === 0)).toEqual([]);
      });
    });
  });
});
