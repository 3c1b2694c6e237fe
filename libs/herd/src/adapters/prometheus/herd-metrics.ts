import { Counter, Gauge, Histogram, register as globalRegister, type Registry } from 'prom-client';
import { herdChannels, type HealthMessage, type OperationMessage } from '../../contracts/diagnostics.js';
import type { HerdSnapshot } from '../../contracts/topology.js';
import { listen } from '../../support/listen.js';
import { checkShape, hasMethod } from '../../support/option-checks.js';
import { OptionProblems } from '../../support/option-problems.js';

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

export interface HerdMetricsOptions {
  /** Where the metrics are put; prom-client's global registry when absent. */
  readonly register?: Registry;
  /** Whose nodes the gauges show. Operations are counted of every herd of the process. */
  readonly herds?: readonly { snapshot(): HerdSnapshot }[];
}

/**
 * What the herds of this process do, for Prometheus: `rookery_herd_operation_seconds` (herd, outcome),
 * `rookery_herd_ejections_total` (herd), `rookery_herd_topology_version` (herd), and by node `rookery_herd_node_up`,
 * `rookery_herd_node_in_flight` and `rookery_herd_node_queued`. Needs `prom-client`.
 *
 * @returns a function that ends it, and removes the metrics from the registry.
 * @throws HerdOptionError
 * @example const stop = collectHerdMetrics({ herds: [cache] });
 */
export function collectHerdMetrics(options: HerdMetricsOptions = {}): () => void {
  const { register = globalRegister, herds = [] } = checked(options);
  const registers = [register];
  const operations = new Histogram({
    name: 'rookery_herd_operation_seconds',
    help: 'Operations on nodes by outcome, whatever the policy made of it',
    labelNames: ['herd', 'outcome'],
    buckets: SECONDS,
    registers,
  });
  const ejections = new Counter({
    name: 'rookery_herd_ejections_total',
    help: 'Times that a node was marked down',
    labelNames: ['herd'],
    registers,
  });
  const names = [...nodeGauges(registers, herds), 'rookery_herd_operation_seconds', 'rookery_herd_ejections_total'];
  const unlisten = listen({
    [herdChannels.operation]: ({ herd, outcome, tookMs }: OperationMessage) =>
      operations.observe({ herd, outcome }, tookMs / 1000),
    [herdChannels.health]: ({ herd, health }: HealthMessage) => {
      if (health.state === 'down') ejections.inc({ herd });
    },
  });
  return () => {
    unlisten();
    for (const name of names) register.removeSingleMetric(name);
  };
}

function checked(options: HerdMetricsOptions): HerdMetricsOptions {
  const problems = new OptionProblems();
  const known = checkShape(problems, options, ['register', 'herds']);
  const { register, herds = [] } = known;
  const isRegister = register === undefined || hasMethod(register, 'registerMetric');
  problems.check(
    isRegister,
    'register',
    register,
    'must be a Registry of prom-client; leave it out for the global one',
  );
  const areHerds = Array.isArray(herds) && herds.every((herd) => hasMethod(herd, 'snapshot'));
  problems.check(areHerds, 'herds', herds, 'must be a list of herds: [cache]');
  problems.throwIfAny();
  return known;
}

/** By node, and only of nodes that are there now. */
function nodeGauges(registers: Registry[], herds: Required<HerdMetricsOptions>['herds']): readonly string[] {
  const gauge = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    collect?: () => void,
  ) => new Gauge({ name, help, labelNames, registers, ...(collect && { collect }) });
  const labels = ['herd', 'node'] as const;
  // The first of them looks for all: they are read in the order in which they are made.
  const up = gauge('rookery_herd_node_up', '1 while a node is used', labels, look);
  const version = gauge('rookery_herd_topology_version', 'Rises with each change', ['herd']);
  const inFlight = gauge('rookery_herd_node_in_flight', 'Operations under way', labels);
  const queued = gauge('rookery_herd_node_queued', 'Operations that wait for their turn', labels);

  function look(): void {
    for (const one of [up, inFlight, queued]) one.reset();
    for (const { herd, version: current, nodes } of herds.map((one) => one.snapshot())) {
      version.set({ herd }, current);
      for (const { node, health, stats } of nodes) {
        const of = { herd, node: node.id };
        up.set(of, health.state === 'up' ? 1 : 0);
        inFlight.set(of, stats.inFlight);
        queued.set(of, stats.queued);
      }
    }
  }
  return [
    'rookery_herd_topology_version',
    'rookery_herd_node_in_flight',
    'rookery_herd_node_queued',
    'rookery_herd_node_up',
  ];
}
