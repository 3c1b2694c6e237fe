import { channel } from 'node:diagnostics_channel';
import { Registry } from 'prom-client';
import { herdChannels, type OperationMessage } from '../../contracts/diagnostics.js';
import type { HerdSnapshot } from '../../contracts/topology.js';
import { HerdOptionError } from '../../errors/option-error.js';
import { collectHerdMetrics } from './herd-metrics.js';

const node = { id: 'a', host: '10.0.0.1', port: 11211 };
const operation: OperationMessage = { herd: 'cache', driver: 'memcached', node, outcome: 'ok', tookMs: 2 };
const snapshotOf = (...ids: string[]): HerdSnapshot =>
  ({
    herd: 'cache',
    version: ids.length,
    nodes: ids.map((id) => ({ node: { ...node, id }, health: { state: 'up' }, stats: { inFlight: 3, queued: 1 } })),
  }) as unknown as HerdSnapshot;

describe('the metrics of herds', () => {
  it('count operations by outcome, and ejections, until they are stopped', async () => {
    const register = new Registry();
    const stop = collectHerdMetrics({ register });
    channel(herdChannels.operation).publish(operation);
    channel(herdChannels.operation).publish({ ...operation, outcome: 'HERD_TIMEOUT' });
    channel(herdChannels.health).publish({ herd: 'cache', node, health: { state: 'down' } });
    channel(herdChannels.health).publish({ herd: 'cache', node, health: { state: 'up' } });
    const text = await register.metrics();
    expect(text).toContain('rookery_herd_operation_seconds_count{herd="cache",outcome="ok"} 1');
    expect(text).toContain('rookery_herd_operation_seconds_sum{herd="cache",outcome="ok"} 0.002');
    expect(text).toContain('rookery_herd_operation_seconds_count{herd="cache",outcome="HERD_TIMEOUT"} 1');
    expect(text).toContain('rookery_herd_ejections_total{herd="cache"} 1');
    stop();
    channel(herdChannels.operation).publish(operation);
    expect(await register.metrics()).toBe('\n');
    collectHerdMetrics({ register })(); // And can be started again.
  });

  it('show the nodes that are there now, and no others', async () => {
    const register = new Registry();
    let snapshot = snapshotOf('a', 'b');
    const stop = collectHerdMetrics({ register, herds: [{ snapshot: () => snapshot }] });
    expect(await register.metrics()).toContain('rookery_herd_node_in_flight{herd="cache",node="b"} 3');
    snapshot = snapshotOf('a');
    const text = await register.metrics();
    expect(text).toContain('rookery_herd_node_up{herd="cache",node="a"} 1');
    expect(text).toContain('rookery_herd_topology_version{herd="cache"} 1');
    expect(text).not.toContain('node="b"');
    stop();
  });

  it('refuse what they do not know', () => {
    expect(() => collectHerdMetrics({ herd: [] } as object)).toThrow(HerdOptionError);
    expect(() => collectHerdMetrics({ herd: [] } as object)).toThrow('did you mean herds?');
    expect(() => collectHerdMetrics({ herds: {} } as never)).toThrow('herds must be a list of herds');
  });
});
