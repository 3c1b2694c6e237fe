import { DefaultLogger, type LogContext, type LoggerOptions } from '@mikro-orm/core';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { queryTarget } from './query-target.js';

const tracer = trace.getTracer('demo-api');

/**
 * MikroORM's logger, which also makes a client span of each query that is part of a trace, by the semantic conventions of
 * databases. What polls without a cause has none.
 */
export class QueryLogger extends DefaultLogger {
  static override create(this: void, options: LoggerOptions): QueryLogger {
    return new QueryLogger(options);
  }

  override logQuery(query: { query: string } & LogContext): void {
    if (query.namespace !== 'slow-query' && trace.getActiveSpan() !== undefined) addSpan(query);
    super.logQuery(query);
  }
}

/** A query is reported when it is over, so its span begins as long ago as it took. Its text holds no values. */
function addSpan({ query, took = 0, level }: { query: string } & LogContext): void {
  const { operation, table } = queryTarget(query);
  const attributes = {
    'db.system.name': 'postgresql',
    'db.operation.name': operation,
    'db.query.text': query,
    ...(table === undefined ? {} : { 'db.collection.name': table }),
  };
  const now = Date.now();
  const name = table === undefined ? operation : `${operation} ${table}`;
  const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, startTime: now - took, attributes }, context.active());
  if (level === 'error') span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(now);
}
