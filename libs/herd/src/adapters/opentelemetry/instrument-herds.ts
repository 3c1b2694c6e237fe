import {
  context,
  metrics,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type MeterProvider,
  type TracerProvider,
} from '@opentelemetry/api';
import { herdChannels, type HealthMessage, type OperationMessage } from '../../contracts/diagnostics.js';
import { listen } from '../../support/listen.js';
import { checkShape, hasMethod } from '../../support/option-checks.js';
import { OptionProblems } from '../../support/option-problems.js';

const NAME = '@rookery/herd';

export interface HerdInstrumentationOptions {
  /** Default: the global one. */
  readonly tracerProvider?: TracerProvider;
  /** Default: the global one. */
  readonly meterProvider?: MeterProvider;
}

/**
 * A client span and a measurement of `db.client.operation.duration` for each operation of a herd on a node, by the semantic
 * conventions of database clients, and a count of nodes that were marked down, `rookery.herd.ejections`. A span is the child of
 * what was active when the operation was called. Needs `@opentelemetry/api`; switch an instrumentation of `memcached` or
 * `ioredis` off, which would report the same commands again.
 *
 * @returns a function that ends it.
 * @throws HerdOptionError
 * @example const stop = instrumentHerds();
 */
export function instrumentHerds(options: HerdInstrumentationOptions = {}): () => void {
  const { tracerProvider = trace, meterProvider = metrics } = checked(options);
  const tracer = tracerProvider.getTracer(NAME);
  const meter = meterProvider.getMeter(NAME);
  const duration = meter.createHistogram('db.client.operation.duration', {
    description: 'Duration of database client operations.',
    unit: 's',
    advice: { explicitBucketBoundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] },
  });
  const ejections = meter.createCounter('rookery.herd.ejections', {
    description: 'Times that a node was marked down.',
    unit: '{ejection}',
  });

  return listen({
    [herdChannels.operation]: (message: OperationMessage) => {
      const attributes = attributesOf(message);
      duration.record(message.tookMs / 1000, attributes);
      const now = Date.now();
      const span = tracer.startSpan(
        `${message.node.host}:${message.node.port}`,
        { kind: SpanKind.CLIENT, startTime: now - message.tookMs, attributes },
        context.active(),
      );
      if (message.outcome !== 'ok') span.setStatus({ code: SpanStatusCode.ERROR, message: message.outcome });
      span.end(now);
    },
    [herdChannels.health]: ({ herd, health }: HealthMessage) => {
      if (health.state === 'down') ejections.add(1, { 'rookery.herd.name': herd });
    },
  });
}

function checked(options: HerdInstrumentationOptions): HerdInstrumentationOptions {
  const problems = new OptionProblems();
  const known = checkShape(problems, options, ['tracerProvider', 'meterProvider']);
  const { tracerProvider: tracers, meterProvider: meters } = known;
  if (tracers !== undefined)
    problems.check(hasMethod(tracers, 'getTracer'), 'tracerProvider', tracers, 'must be a TracerProvider');
  if (meters !== undefined)
    problems.check(hasMethod(meters, 'getMeter'), 'meterProvider', meters, 'must be a MeterProvider');
  problems.throwIfAny();
  return known;
}

/** Which system a driver talks to, by the names that the conventions have; a driver of your own is named as it is. */
const systems = new Map([
  ['metaMemcached', 'memcached'],
  ['redisCluster', 'redis'],
  ['redisSentinel', 'redis'],
]);

/** No key among them: it may name a person. */
function attributesOf({ herd, driver, node, outcome }: OperationMessage): Attributes {
  return {
    'db.system.name': systems.get(driver) ?? driver,
    'server.address': node.host,
    'server.port': node.port,
    'rookery.herd.name': herd,
    ...(outcome === 'ok' ? {} : { 'error.type': outcome }),
  };
}
