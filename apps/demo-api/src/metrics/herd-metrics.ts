import { Injectable } from '@nestjs/common';
import { type HealthMessage, type Herd, InjectHerd, type OperationMessage } from '@rookery/herd';
import type { MemcachedCommands } from '@rookery/herd/memcached';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { ChannelCollector } from './channel-collector.js';

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

/** Gauges are told by node, and only of nodes that are there now; what adds up for ever is told by herd. */
@Injectable()
export class HerdMetrics extends ChannelCollector {
  readonly #operations: Histogram<'herd' | 'outcome'>;
  readonly #ejections: Counter<'herd'>;
  readonly #up: Gauge<'herd' | 'node'>;
  readonly #inFlight: Gauge<'herd' | 'node'>;
  readonly #queued: Gauge<'herd' | 'node'>;
  readonly #version: Gauge<'herd'>;

  protected readonly listeners = {
    'rookery:herd:operation': ({ herd, outcome, tookMs }: OperationMessage) =>
      this.#operations.observe({ herd, outcome }, tookMs / 1000),
    'rookery:herd:health': ({ herd, health }: HealthMessage) => {
      if (health.state === 'down') this.#ejections.inc({ herd });
    },
  };

  constructor(
    registry: Registry,
    @InjectHerd('cache') private readonly herd: Herd<MemcachedCommands>,
  ) {
    super();
    const registers = [registry];
    const labelNames = ['herd', 'node'] as const;
    this.#operations = new Histogram({
      name: 'rookery_herd_operation_seconds',
      help: 'Operations on nodes by outcome, whatever the policy made of it',
      labelNames: ['herd', 'outcome'],
      buckets: SECONDS,
      registers,
    });
    this.#ejections = new Counter({
      name: 'rookery_herd_ejections_total',
      help: 'Times that a node was marked down',
      labelNames: ['herd'],
      registers,
    });
    this.#up = new Gauge({
      name: 'rookery_herd_node_up',
      help: '1 while a node is used',
      labelNames,
      registers,
      collect: () => this.#look(),
    });
    this.#inFlight = new Gauge({
      name: 'rookery_herd_node_in_flight',
      help: 'Operations under way',
      labelNames,
      registers,
    });
    this.#queued = new Gauge({
      name: 'rookery_herd_node_queued',
      help: 'Operations that wait for their turn',
      labelNames,
      registers,
    });
    this.#version = new Gauge({
      name: 'rookery_herd_topology_version',
      help: 'Rises with each change',
      labelNames: ['herd'],
      registers,
    });
  }

  #look(): void {
    const { herd, version, nodes } = this.herd.snapshot();
    this.#version.set({ herd }, version);
    for (const gauge of [this.#up, this.#inFlight, this.#queued]) gauge.reset();
    for (const {
      node: { id: node },
      health,
      stats,
    } of nodes) {
      this.#up.set({ herd, node }, health.state === 'up' ? 1 : 0);
      this.#inFlight.set({ herd, node }, stats.inFlight);
      this.#queued.set({ herd, node }, stats.queued);
    }
  }
}
